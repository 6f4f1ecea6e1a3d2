import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { viewingRecord } from '../../../test/support/viewing-record.ts'
import { describeViewingStore } from '../../../test/support/viewing-store-contract.ts'
import { ViewingWriter } from '../../core/viewing-writer.ts'
import { FileViewingSpool } from '../viewing-spool.ts'
import { openDatabase } from './open-database.ts'
import { SqlViewingStore } from './sql-viewing-store.ts'

describeViewingStore(
  'SqlViewingStore on SQLite',
  async () => new SqlViewingStore(await openDatabase(':memory:')),
)

test('[WL27] a database that fails for a while costs no row and doubles none', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'klieg-viewings-'))
  const database = await openDatabase(path.join(folder, 'klieg.sqlite'))
  try {
    const clock = new FakeClock()
    const store = new SqlViewingStore(database)
    const spool = new FileViewingSpool(path.join(folder, 'viewings.spool'))
    const writer = new ViewingWriter({ store, spool, clock, logger: new FakeLogger() })
    const write = (from: number, to: number, changes: object = {}) => {
      for (let index = from; index < to; index++)
        writer.write(viewingRecord({ id: `viewing-${index}`, endedAt: null, ...changes }))
    }

    write(0, 700)
    await writer.flush()
    await sql`alter table viewing rename to elsewhere`.execute(database)
    write(600, 1400, { revision: 2 })
    await writer.flush()
    write(0, 2000, { revision: 3, endedAt: 1_895_000_060_000 })
    await writer.flush()
    await sql`alter table elsewhere rename to viewing`.execute(database)
    clock.advance(5_000)
    await writer.flush()

    const { records, total } = await store.list({}, { offset: 0, limit: 5000 })
    assert.equal(total, 2000)
    assert.ok(records.every(({ revision, endedAt }) => revision === 3 && endedAt !== null))
    assert.equal(writer.dropped, 0)
    await writer.close()
  } finally {
    await database.destroy()
    rmSync(folder, { recursive: true })
  }
})
