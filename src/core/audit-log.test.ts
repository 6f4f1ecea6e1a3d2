import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeAuditStore } from '../../test/support/fake-audit-store.ts'
import { sessionOf } from '../../test/support/fake-authentication.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeLogger } from '../../test/support/fake-logger.ts'
import { FakeSecrets } from '../../test/support/fake-secrets.ts'
import { actorOf, AuditLog, SERVER } from './audit-log.ts'
import type { BroadcastError } from './errors.ts'

const FACT = { actor: SERVER, action: 'webhook.turn-off', subject: { kind: 'webhook', id: 'wh_1' } }
const DAY = 86_400_000

function setUp() {
  const parts = {
    store: new FakeAuditStore(),
    secrets: new FakeSecrets(),
    clock: new FakeClock(),
    logger: new FakeLogger(),
  }
  const audit = new AuditLog({ ...parts, days: 30, maxWaiting: 5 })
  const total = async () => (await audit.list({}, { offset: 0, limit: 100 })).total
  return { ...parts, audit, total }
}

describe('AuditLog', () => {
  test('[AU10] an entry says who did what to what, when, from where, and with which result', async () => {
    const { audit } = setUp()
    audit.record({
      actor: { id: 'u1', name: 'Ann' },
      action: 'broadcast.remove',
      subject: { kind: 'broadcast', id: 'lecture' },
      address: '::ffff:192.0.2.7',
      result: 'refused',
      detail: 'x'.repeat(1000),
    })
    const { entries } = await audit.list({}, { offset: 0, limit: 1 })
    assert.deepEqual(entries, [
      {
        id: 'id-1',
        at: Date.UTC(2030, 0, 1),
        ...{ actorId: 'u1', actor: 'Ann', action: 'broadcast.remove', result: 'refused' },
        ...{ subjectKind: 'broadcast', subjectId: 'lecture', address: '192.0.2.7' },
        detail: 'x'.repeat(500),
      },
    ])
  })

  test('[AU11] who has no account is told by how they were let in', () => {
    const visitor = { address: '', token: undefined, foreign: false }
    assert.deepEqual(actorOf(visitor, true), { id: null, name: 'open' })
    assert.deepEqual(actorOf(visitor, false), { id: null, name: 'anonymous' })
    assert.deepEqual(actorOf({ ...visitor, token: 'sk_secret' }, false), { id: null, name: 'stream key' })
    const identity = sessionOf('admin', 'root')
    assert.deepEqual(actorOf({ ...visitor, identity }, false), { id: 'root', name: identity.person.name })
  })

  test('[AU12] while the database is away entries wait within a bound, and what is beyond goes to the log', async () => {
    const { audit, store, clock, logger, total } = setUp()
    store.failure = new Error('down')
    audit.record({ ...FACT, action: 'first' })
    for (let index = 0; index < 5; index++) audit.record(FACT)
    await assert.rejects(
      audit.list({}, { offset: 0, limit: 1 }),
      (error: BroadcastError) => error.code === 'overloaded',
    )
    const given = logger.lines.filter(({ message }) => message.startsWith('not in the audit log'))
    assert.equal(given.length, 1)
    assert.match(JSON.stringify(given[0]?.fields), /"action":"first"/)

    store.failure = undefined
    clock.advance(5_000)
    assert.equal(await total(), 5)
  })

  test('[AU13] closing writes what waits, or gives it to the log', async () => {
    const first = setUp()
    first.audit.record(FACT)
    await first.audit.close()
    assert.equal(first.store.entries.length, 1)

    const { audit, store, logger } = setUp()
    store.failure = new Error('down')
    audit.record(FACT)
    await audit.close()
    await audit.close()
    assert.equal(logger.lines.filter(({ fields }) => 'audit' in fields).length, 1)
  })

  test('[AU14] entries are removed after some days', async () => {
    const { audit, clock, total } = setUp()
    audit.record(FACT)
    assert.equal(await total(), 1)
    clock.advance(29 * DAY)
    audit.record(FACT)
    assert.equal(await total(), 2)
    for (let day = 0; day < 2; day++) {
      clock.advance(DAY)
      await new Promise(setImmediate)
    }
    assert.equal(await total(), 1)
  })

  test('[AU15] all that match can be read in portions', async () => {
    const { audit, store, clock } = setUp()
    for (let index = 0; index < 2_500; index++)
      store.entries.push({
        ...{ id: `${index}`, at: clock.now(), actorId: null, actor: 'open', action: 'a', subjectKind: 'k' },
        ...{ subjectId: '', address: '', result: 'done', detail: '' },
      })
    const ids = new Set<string>()
    for await (const entries of audit.portions({})) for (const { id } of entries) ids.add(id)
    assert.equal(ids.size, 2_500)
  })
})
