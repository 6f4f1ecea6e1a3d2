import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as settled } from 'node:timers/promises'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { BroadcastError } from '../../core/errors.ts'
import { failureOf } from './database-failure.ts'
import { DatabaseHealth } from './database-health.ts'

function setUp() {
  const clock = new FakeClock()
  const logger = new FakeLogger()
  const health = new DatabaseHealth({ clock, logger })
  const database = { works: true, looks: 0, hungUp: 0 }
  health.watch(
    async () => {
      database.looks++
      if (!database.works) throw new Error('it is gone')
    },
    () => {
      database.hungUp++
    },
  )
  const pass = async (milliseconds: number) => {
    clock.advance(milliseconds)
    await settled()
  }
  return { health, logger, database, pass }
}

const isRefusal = (error: unknown) =>
  error instanceof BroadcastError && error.code === 'overloaded' && error.retryAfter === 5

describe('DatabaseHealth', () => {
  test('[DB50] a database that is lost is noticed, refused at once, and used again when it is back', async () => {
    const { health, logger, database, pass } = setUp()
    health.assertUp()

    database.works = false
    await pass(5_000)
    assert.equal(health.isUp, false)
    assert.throws(() => health.assertUp(), isRefusal)
    await pass(1_000)
    await pass(1_000)
    database.works = true
    await pass(1_000)
    health.assertUp()

    assert.deepEqual([health.outages, database.looks, database.hungUp], [1, 4, 1])
    assert.deepEqual(
      logger.lines.map(({ level, message }) => [level, message.slice(0, 20)]),
      [
        ['error', 'the database is lost'],
        ['info', 'the database is back'],
      ],
    )
  })

  test('[DB51] a connection that fails alone is no outage: the database is asked', async () => {
    const { health, logger, database, pass } = setUp()

    assert.ok(isRefusal(health.suspect(new Error('terminated by an administrator'))))
    await pass(0)
    assert.deepEqual([health.isUp, database.looks, logger.lines.length], [true, 1, 0])

    database.works = false
    health.suspect(new Error('refused'))
    await pass(0)
    assert.equal(health.isUp, false)
  })

  test('[DB50] closed, it looks no more', async () => {
    const { health, logger, database, pass } = setUp()
    database.works = false
    health.close()
    health.suspect(new Error('closed'))
    await pass(60_000)
    assert.deepEqual([database.looks, logger.lines.length], [0, 0])
  })
})

test('[DB52] what fails because of the database is overloaded; what fails because of a statement is not', () => {
  const withCode = (code: string) => Object.assign(new Error(code), { code })
  const network = Object.assign(withCode('ECONNRESET'), { syscall: 'read' })
  const cases: [Error, boolean][] = [
    [network, true],
    [new AggregateError([network]), true],
    [new Error('Connection terminated unexpectedly'), true],
    [new Error('Query read timeout'), true],
    [new Error('timeout exceeded when trying to connect'), true],
    [withCode('57P01'), true], // admin_shutdown
    [withCode('57P03'), true], // cannot_connect_now
    [withCode('53300'), true], // too_many_connections
    [withCode('57014'), true], // query_canceled: too slow
    [withCode('53100'), true], // disk_full
    [withCode('25006'), true], // read_only_sql_transaction
    [withCode('SQLITE_BUSY'), true],
    [withCode('SQLITE_READONLY_DBMOVED'), true],
    [withCode('SQLITE_FULL'), true],
    [withCode('SQLITE_IOERR_WRITE'), true],
    [withCode('23505'), false], // unique_violation
    [withCode('42P01'), false], // undefined_table
    [withCode('SQLITE_CONSTRAINT_UNIQUE'), false],
    [new TypeError('a bug'), false],
    [new BroadcastError('broadcast-exists', 'taken'), false],
  ]
  for (const [error, overloaded] of cases) {
    const failure = failureOf(error, setUp().health)
    if (overloaded) assert.ok(isRefusal(failure), error.message)
    else assert.equal(failure, error)
  }
})
