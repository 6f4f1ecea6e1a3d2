import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { openDatabase } from '../../src/platform/database/open-database.ts'
import { SqlAuditStore } from '../../src/platform/database/sql-audit-store.ts'
import { KliegProcess } from '../support/klieg-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const COMMAND = path.join(import.meta.dirname, '../../bin/klieg.ts')

test('[AU25] what is done by the command line and what is done over HTTP is in one log, over restarts', async () => {
  using folder = temporaryFolder()
  const { status, stderr } = spawnSync(
    process.execPath,
    [COMMAND, 'admin', 'create', '--email', 'ann@example.org', '--name', 'Ann'],
    { encoding: 'utf8', env: { ...process.env, KLIEG_DATA_DIR: folder.path }, timeout: 20_000 },
  )
  assert.equal(status, 0, stderr)
  {
    await using server = await KliegProcess.start({ dataDir: folder.path })
    await server.createBroadcast({ title: 'Told' })
  }
  const database = await openDatabase(folder.file('klieg.sqlite'))
  const { entries } = await new SqlAuditStore(database).list({}, { offset: 0, limit: 10 })
  await database.destroy()
  assert.deepEqual(
    entries.map(({ actor, action, address, detail }) => [actor, action, address, detail]),
    [
      ['open', 'broadcast.create', '127.0.0.1', 'title'],
      ['command line', 'account.create', '', 'role: admin'],
    ],
  )
})
