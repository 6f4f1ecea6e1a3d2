import assert from 'node:assert/strict'
import path from 'node:path'
import { after, test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { openDatabase } from '../../src/platform/database/open-database.ts'
import { SqlBroadcastStore } from '../../src/platform/database/sql-broadcast-store.ts'
import { proveThatLiveGoesOn } from '../support/database-outage.ts'
import { PostgresServer } from '../support/postgres.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SECONDS = 8

const postgres = await PostgresServer.start()
after(() => postgres[Symbol.asyncDispose]())

test('[DB53] a broadcast goes on while PostgreSQL is down, and all is well after', async () => {
  const url = await postgres.createDatabase()
  await proveThatLiveGoesOn({
    env: { KLIEG_DATABASE_URL: url },
    seconds: SECONDS,
    publisherReturns: true,
    lose: () => postgres.stop(),
    findAgain: () => postgres.start(),
  })
})

test('[DB54] the same while PostgreSQL is there and answers nothing', async () => {
  const url = await postgres.createDatabase()
  await proveThatLiveGoesOn({
    env: { KLIEG_DATABASE_URL: url },
    seconds: SECONDS,
    lose: () => postgres.freeze(),
    findAgain: () => postgres.thaw(),
  })
})

test('[DB55] the same while the file of SQLite is locked; what is in it can be read', async () => {
  using folder = temporaryFolder()
  let locking: BetterSqlite3.Database | undefined
  await proveThatLiveGoesOn({
    dataDir: folder.path,
    seconds: SECONDS,
    lose() {
      locking = new BetterSqlite3(path.join(folder.path, 'klieg.sqlite'))
      locking.exec('begin immediate')
    },
    findAgain() {
      locking?.exec('rollback')
      locking?.close()
    },
  })
})

test(
  '[DB56] a database that is silent is not waited for when the server stops',
  { timeout: 10_000 },
  async () => {
    const database = await openDatabase(await postgres.createDatabase())
    const store = new SqlBroadcastStore(database)
    await store.find('a')
    postgres.freeze()
    const asked = assert.rejects(store.find('b'), { code: 'overloaded' })

    await database.destroy()
    await asked
    postgres.thaw()
  },
)
