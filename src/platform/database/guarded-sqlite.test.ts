import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { viewingRecord } from '../../../test/support/viewing-record.ts'
import { openDatabase } from './open-database.ts'
import { SqlViewingStore } from './sql-viewing-store.ts'

const rows = (from: number) =>
  Array.from({ length: 500 }, (_, index) => viewingRecord({ id: `viewing-${from + index}` }))

for (const [what, spoil, mend] of [
  ['has no room', sql`pragma max_page_count = 1`, sql`pragma max_page_count = 1000000`],
  ['may not be written', sql`pragma query_only = 1`, sql`pragma query_only = 0`],
] as const)
  test(`[DB57] a file of SQLite that ${what} refuses what is new, shows what it has, and is used again`, async () => {
    using folder = temporaryFolder()
    const database = await openDatabase(folder.file('klieg.sqlite'))
    const store = new SqlViewingStore(database)
    await store.save(rows(0))

    await spoil.execute(database)
    await assert.rejects(store.save(rows(500)), { code: 'overloaded' })
    assert.equal((await store.list({}, { offset: 0, limit: 1 })).total, 500)
    await mend.execute(database)
    await store.save(rows(500))

    assert.equal((await store.list({}, { offset: 0, limit: 1 })).total, 1000)
    await database.destroy()
  })
