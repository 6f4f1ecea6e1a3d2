import { after, test } from 'node:test'
import { proveThatLiveGoesOn } from '../support/database-outage.ts'
import { PostgresServer } from '../support/postgres.ts'

const postgres = await PostgresServer.start()
after(() => postgres[Symbol.asyncDispose]())

test('[DB53] a broadcast goes on while PostgreSQL is down for 60 s, and all is well after', async () => {
  const url = await postgres.createDatabase()
  await proveThatLiveGoesOn({
    env: { KLIEG_DATABASE_URL: url },
    seconds: 60,
    publisherReturns: true,
    lose: () => postgres.stop(),
    findAgain: () => postgres.start(),
  })
})

test('[DB54] the same while PostgreSQL answers nothing for 60 s', async () => {
  const url = await postgres.createDatabase()
  await proveThatLiveGoesOn({
    env: { KLIEG_DATABASE_URL: url },
    seconds: 60,
    publisherReturns: true,
    lose: () => postgres.freeze(),
    findAgain: () => postgres.thaw(),
  })
})
