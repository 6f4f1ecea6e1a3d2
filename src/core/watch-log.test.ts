import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeBroadcastStore } from '../../test/support/fake-broadcast-store.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeLogger } from '../../test/support/fake-logger.ts'
import { FakeSecrets } from '../../test/support/fake-secrets.ts'
import { FakeSession } from '../../test/support/fake-session.ts'
import { FakeViewingSpool } from '../../test/support/fake-viewing-spool.ts'
import { FakeViewingStore } from '../../test/support/fake-viewing-store.ts'
import { viewingRecord } from '../../test/support/viewing-record.ts'
import { Broadcasts } from './broadcasts.ts'
import { WatchLog } from './watch-log.ts'

const DAY = 86_400_000
const ALL = { offset: 0, limit: 100 }

async function setUp({
  store = new FakeViewingStore(),
  spool = new FakeViewingSpool(),
  addressDays = 7,
} = {}) {
  const clock = new FakeClock()
  const secrets = new FakeSecrets()
  const logger = new FakeLogger()
  const broadcasts = await Broadcasts.open({
    store: new FakeBroadcastStore(),
    secrets,
    clock,
    logger,
    reconnectGrace: 30_000,
  })
  const watchLog = await WatchLog.open({
    broadcasts,
    store,
    spool,
    secrets,
    clock,
    logger,
    rules: { addressDays, days: 90 },
  })
  const { broadcast } = await broadcasts.create({ id: 'lecture' })
  const publisher = new FakeSession('publisher')
  broadcast.attachPublisher(publisher)
  broadcast.publisherConnected(publisher)
  return { clock, store, spool, logger, broadcast, watchLog, start: clock.now() }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('WatchLog', () => {
  test('[WL39] a user who watches now is forgotten too, in portions', async () => {
    const { clock, store, broadcast, watchLog } = await setUp()
    await store.save(
      Array.from({ length: 2500 }, (_, index) => viewingRecord({ id: `v${index}`, userId: 'anna' })),
    )
    broadcast.addViewer(Object.assign(new FakeSession('viewer', 'whep'), { userId: 'anna' }))
    clock.advance(7_000)

    assert.equal(await watchLog.forgetUser('anna'), 2501)

    clock.advance(20_000)
    const { records, total } = await watchLog.list({}, { offset: 0, limit: 5000 })
    assert.equal(total, 2501)
    assert.ok(records.every(({ userId, address }) => userId === null && address === ''))
  })

  test('[WL40] those who watch now are listed as they are now', async () => {
    const { clock, broadcast, watchLog } = await setUp()
    broadcast.addViewer(new FakeSession('viewer', 'whep'))
    clock.advance(7_000)

    const { records, total } = await watchLog.list({}, ALL)

    assert.equal(total, 1)
    assert.equal(records[0]?.secondsWatched, 7)
    assert.equal(records[0].endedAt, null)
  })

  test('[WL40] all of them are read, a portion at a time', async () => {
    const { clock, store, broadcast, watchLog } = await setUp()
    await store.save(
      Array.from({ length: 2300 }, (_, index) => viewingRecord({ id: `old-${index}`, startedAt: index })),
    )
    broadcast.addViewer(new FakeSession('viewer', 'whep'))
    clock.advance(7_000)

    const portions = []
    for await (const portion of watchLog.portions({})) portions.push(portion)

    assert.deepEqual(
      portions.map(({ length }) => length),
      [1000, 1000, 301],
    )
    assert.equal(portions[0]?.[0]?.secondsWatched, 7)
    assert.equal(new Set(portions.flat().map(({ id }) => id)).size, 2301)
  })

  test('[WL41] a log that cannot be read is overloaded, and viewers are not harmed', async () => {
    const { store, spool, broadcast, watchLog } = await setUp()
    store.failure = new Error('down')
    broadcast.addViewer(new FakeSession('viewer', 'whep'))

    await assert.rejects(watchLog.list({}, ALL), { code: 'overloaded' })
    await assert.rejects(watchLog.portions({}).next(), { code: 'overloaded' })
    await assert.rejects(watchLog.viewersOverTime('lecture', { from: 0, to: 10, step: 1 }), {
      code: 'overloaded',
    })
    assert.equal(broadcast.viewers, 1)
    assert.equal(spool.rows.length, 1)
  })

  test('[WL28] what a crash left open ends at the next start, spooled or stored', async () => {
    const store = new FakeViewingStore()
    const spool = new FakeViewingSpool()
    await store.save([viewingRecord({ id: 'stored', seenAt: 5, endedAt: null })])
    await spool.append([viewingRecord({ id: 'spooled', seenAt: 9, endedAt: null })])
    await setUp({ store, spool })

    assert.equal(store.records.get('stored')?.endedAt, 5)
    assert.equal(store.records.get('spooled')?.endedAt, 9)
  })

  test('[WL28] a store that fails at the start is asked again, and nobody who watches now is ended', async () => {
    const store = new FakeViewingStore()
    const spool = new FakeViewingSpool()
    await store.save([viewingRecord({ id: 'stored', seenAt: 5, endedAt: null })])
    await spool.append([viewingRecord({ id: 'spooled', seenAt: 9, endedAt: null })])
    store.failure = new Error('down')
    const { clock, broadcast } = await setUp({ store, spool })
    broadcast.addViewer(new FakeSession('viewer', 'whep'))
    clock.advance(5_000)
    await settled()
    store.failure = undefined
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000)
      await settled()
    }

    const ends = Object.fromEntries(store.rows.map(({ id, endedAt }) => [id, endedAt]))
    assert.equal(ends['stored'], 5)
    assert.equal(ends['spooled'], 9)
    assert.equal(store.rows.length, 3)
    assert.equal(store.rows.filter(({ endedAt }) => endedAt === null).length, 1)
  })

  test('[WL29] addresses are cut after 7 days and viewings removed after 90', async () => {
    const { clock, store, start, broadcast, watchLog } = await setUp()
    broadcast.addViewer(Object.assign(new FakeSession('viewer', 'whep'), { address: '192.0.2.1' }))
    await store.save([viewingRecord({ id: 'film', startedAt: start, endedAt: start, address: '192.0.2.9' })])
    const film = async () => (await watchLog.list({ text: 'A lecture' }, ALL)).records[0]
    const pass = async (days: number) => {
      for (const time of [days * DAY, 3_600_000]) {
        clock.advance(time)
        for (let turn = 0; turn < 5; turn++) await settled()
      }
    }

    await pass(6)
    assert.equal((await film())?.address, '192.0.2.9')
    await pass(1)
    assert.equal((await film())?.address, '192.0.2.0/24')
    await pass(82)
    assert.ok(await film())
    await pass(1)
    assert.equal(await film(), undefined)
    assert.equal((await watchLog.list({}, ALL)).total, 1)
  })

  test('[WL29] with no days an address is cut at once', async () => {
    const { store, broadcast, watchLog } = await setUp({ addressDays: 0 })
    broadcast.addViewer(Object.assign(new FakeSession('viewer', 'whep'), { address: '192.0.2.1' }))
    watchLog.viewings.seen({
      key: 'k',
      subject: { kind: 'file', id: 'f' },
      protocol: 'range',
      address: '2001:db8::1',
      bytes: 1,
    })
    await watchLog.close()

    assert.deepEqual(store.rows.map(({ address }) => address).sort(), ['192.0.2.0/24', '2001:db8:0::/48'])
  })

  test('[WL42] the audience holds those who watch now, and those of a crash as long as they were seen', async () => {
    const { clock, store, broadcast, watchLog, start } = await setUp()
    await store.save([viewingRecord({ id: 'x', startedAt: start, seenAt: start + 2_500, endedAt: null })])
    broadcast.addViewer(new FakeSession('viewer', 'whep'))
    clock.advance(5_000)

    const { points, peak } = await watchLog.viewersOverTime('lecture', {
      from: start,
      to: start + 5_000,
      step: 1_000,
    })

    assert.deepEqual(
      points.map(({ viewers }) => viewers),
      [2, 2, 2, 1, 1],
    )
    assert.deepEqual(peak, { at: start, viewers: 2 })
  })
})
