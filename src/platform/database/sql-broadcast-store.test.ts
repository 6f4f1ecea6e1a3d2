import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { describeBroadcastStore } from '../../../test/support/broadcast-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlBroadcastStore } from './sql-broadcast-store.ts'

describeBroadcastStore(
  'SqlBroadcastStore on SQLite',
  async () => new SqlBroadcastStore(await openDatabase(':memory:')),
)

test('[DB7] a database is brought up to date when it is opened, any number of times, and keeps what it has', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'klieg-db-'))
  const file = path.join(folder, 'klieg.sqlite')
  try {
    const first = await openDatabase(file)
    await first
      .insertInto('broadcast')
      .values({
        id: 'kept',
        title: '',
        visibility: 'public',
        record: 1,
        delivery: 'sfu',
        chat: 1,
        state: 'ended',
        key_hash: 'h',
        created_at: 1,
        started_at: null,
        ended_at: null,
      })
      .execute()
    await first.destroy()

    const second = await openDatabase(file)
    assert.equal((await new SqlBroadcastStore(second).find('kept'))?.state, 'ended')
    await second.destroy()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
