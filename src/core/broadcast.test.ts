import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeSession } from '../../test/support/fake-session.ts'
import { Broadcast, type BroadcastFact } from './broadcast.ts'
import type { TrackInfo } from './track-info.ts'

const GRACE = 30_000
const VIDEO: TrackInfo = { kind: 'video', codec: 'VP8', clockRate: 90_000, layers: [{ rid: '' }] }
const HEALTH = { bitrate: 2_500_000, loss: 0, layers: [] }

function setUp() {
  const clock = new FakeClock()
  const facts: BroadcastFact[] = []
  const broadcast = new Broadcast({
    record: {
      id: 'lecture',
      ownerId: null,
      title: '',
      visibility: 'public',
      record: true,
      delivery: 'sfu',
      chat: true,
      state: 'created',
      keyHash: 'hash',
      createdAt: clock.now(),
      startedAt: null,
      endedAt: null,
    },
    clock,
    reconnectGrace: GRACE,
    onFact: (_broadcast, fact) => facts.push(fact),
  })
  const publisher = new FakeSession('publisher')
  const viewer = new FakeSession('viewer', 'whep')
  return { broadcast, clock, facts, publisher, viewer }
}

function setUpLive() {
  const all = setUp()
  all.broadcast.attachPublisher(all.publisher)
  all.broadcast.publisherConnected(all.publisher)
  all.broadcast.tracksChanged(all.publisher, [VIDEO])
  return all
}

/** Lets everything that waits for a closed session run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the states of a broadcast', () => {
  test('[BC1] it is live once its publisher is connected', () => {
    const { broadcast, clock, publisher } = setUp()

    broadcast.attachPublisher(publisher)
    assert.equal(broadcast.state, 'created')

    clock.advance(500)
    broadcast.publisherConnected(publisher)
    assert.equal(broadcast.state, 'live')
    assert.equal(broadcast.record.startedAt, clock.now())
  })

  test('[BC2] a second publisher is refused while one is live', () => {
    const { broadcast, publisher } = setUpLive()

    assert.throws(() => broadcast.attachPublisher(new FakeSession('second')), { code: 'broadcast-taken' })
    assert.equal(broadcast.publisher, publisher)
    assert.deepEqual(publisher.closedWith, [])
  })

  test('[BC3] a publisher that never connected gives way', async () => {
    const { broadcast, publisher } = setUp()
    const second = new FakeSession('second')
    broadcast.attachPublisher(publisher)

    broadcast.attachPublisher(second)
    await settled()

    assert.deepEqual(publisher.closedWith, ['replaced'])
    assert.equal(broadcast.publisher, second)
    assert.equal(broadcast.state, 'created')
  })

  test('[BC4] a lost publisher leaves viewers and tracks in place', async () => {
    const { broadcast, publisher, viewer } = setUpLive()
    broadcast.addViewer(viewer)

    await publisher.close('failed')
    await settled()

    assert.equal(broadcast.state, 'reconnecting')
    assert.deepEqual(viewer.closedWith, [])
    assert.deepEqual(broadcast.tracks, [VIDEO])
    assert.equal(broadcast.idle, false)
  })

  test('[BC5] a publisher that returns in time continues the run', async () => {
    const { broadcast, clock, facts, publisher } = setUpLive()
    const { startedAt } = broadcast.record
    await publisher.close('timeout')
    await settled()
    clock.advance(GRACE - 1)

    const returned = new FakeSession('returned')
    broadcast.attachPublisher(returned)
    assert.deepEqual(broadcast.tracks, [VIDEO])
    broadcast.publisherConnected(returned)
    clock.advance(10 * GRACE)

    assert.equal(broadcast.state, 'live')
    assert.equal(broadcast.record.startedAt, startedAt)
    assert.equal(facts.filter((fact) => fact === 'started').length, 1)
  })

  test('[BC6] it ends when the grace time is over', async () => {
    const { broadcast, clock, publisher, viewer } = setUpLive()
    broadcast.addViewer(viewer)
    await publisher.close('failed')
    await settled()

    clock.advance(GRACE)
    await settled()

    assert.equal(broadcast.state, 'ended')
    assert.equal(broadcast.record.endedAt, clock.now())
    assert.deepEqual(viewer.closedWith, ['ended'])
    assert.equal(broadcast.viewers, 0)
    assert.equal(clock.pending, 0)
  })

  test('[BC7] a publisher that is just connecting is waited for', async () => {
    const { broadcast, clock, publisher } = setUpLive()
    await publisher.close('failed')
    await settled()
    const returning = new FakeSession('returning')
    broadcast.attachPublisher(returning)

    clock.advance(GRACE)
    assert.equal(broadcast.state, 'reconnecting')
    await returning.close('timeout')
    await settled()

    assert.equal(broadcast.state, 'ended')
  })

  test('[BC7] one that connects after the grace time continues the run', async () => {
    const { broadcast, clock, publisher } = setUpLive()
    await publisher.close('failed')
    await settled()
    const returning = new FakeSession('returning')
    broadcast.attachPublisher(returning)
    clock.advance(GRACE + 1)

    broadcast.publisherConnected(returning)

    assert.equal(broadcast.state, 'live')
  })

  for (const reason of ['kicked', 'shutdown'] as const)
    test(`[BC8] a publisher that is gone by "${reason}" ends it for all`, async () => {
      const { broadcast, clock, publisher, viewer } = setUpLive()
      broadcast.addViewer(viewer)

      await publisher.close(reason)
      await settled()

      assert.equal(broadcast.state, 'ended')
      assert.deepEqual(viewer.closedWith, [reason === 'kicked' ? 'ended' : 'shutdown'])
      assert.equal(clock.pending, 0)
    })

  test('[BC9] stopping twice closes everyone and announces one end', async () => {
    const { broadcast, facts, publisher, viewer } = setUpLive()
    broadcast.addViewer(viewer)

    await Promise.all([broadcast.stop(), broadcast.stop()])
    await settled()

    assert.equal(facts.filter((fact) => fact === 'ended').length, 1)
    assert.deepEqual(publisher.closedWith, ['ended'])
    assert.equal(viewer.closedWith[0], 'ended')
    assert.equal(broadcast.state, 'ended')
    assert.equal(broadcast.publisher, undefined)
  })

  test('[BC10] publishing after the end is a new run without the old tracks', async () => {
    const { broadcast, clock, facts } = setUpLive()
    await broadcast.stop()
    clock.advance(60_000)
    const next = new FakeSession('next')

    broadcast.attachPublisher(next)
    assert.deepEqual(broadcast.tracks, [])
    broadcast.publisherConnected(next)

    assert.equal(broadcast.state, 'live')
    assert.equal(broadcast.record.startedAt, clock.now())
    assert.equal(broadcast.record.endedAt, null)
    assert.equal(facts.filter((fact) => fact === 'started').length, 2)
  })

  test('[BC11] a stranger and a predecessor change nothing', async () => {
    const { broadcast, publisher } = setUp()
    const second = new FakeSession('second')
    broadcast.attachPublisher(publisher)
    broadcast.attachPublisher(second)
    await settled()

    broadcast.publisherConnected(publisher)
    broadcast.tracksChanged(publisher, [VIDEO])
    broadcast.publisherReported(publisher, HEALTH, ['b-frames'])

    assert.equal(broadcast.state, 'created')
    assert.deepEqual(broadcast.tracks, [])
    assert.equal(broadcast.health, undefined)
    assert.deepEqual(broadcast.warnings, [])
  })

  test('[BC12] it can be watched while live or reconnecting only', async () => {
    const { broadcast, publisher } = setUp()
    assert.throws(() => broadcast.assertWatchable(), { code: 'broadcast-not-live' })
    broadcast.attachPublisher(publisher)
    broadcast.publisherConnected(publisher)
    broadcast.assertWatchable()
    await publisher.close('failed')
    await settled()
    broadcast.assertWatchable()

    await broadcast.stop()

    assert.throws(() => broadcast.assertWatchable(), { code: 'broadcast-ended' })
  })
})

describe('what a broadcast announces', () => {
  test('[BC13] a viewer counts until its session closes', async () => {
    const { broadcast, viewer } = setUpLive()
    broadcast.addViewer(viewer)
    broadcast.addViewer(viewer)
    assert.equal(broadcast.viewers, 1)

    await viewer.close('timeout')
    await settled()

    assert.equal(broadcast.viewers, 0)
  })

  test('[BC14] what people see is announced, the numbers are not', async () => {
    const { broadcast, facts, publisher, viewer } = setUpLive()
    assert.deepEqual(facts, ['started', 'updated'])
    facts.length = 0

    broadcast.publisherReported(publisher, HEALTH, [])
    assert.deepEqual(facts, [])
    assert.deepEqual(broadcast.health, HEALTH)

    broadcast.publisherReported(publisher, HEALTH, ['b-frames'])
    broadcast.publisherReported(publisher, HEALTH, ['b-frames'])
    assert.deepEqual(facts, ['updated'])

    broadcast.addViewer(viewer)
    broadcast.edit({ title: 'Algebra' })
    broadcast.setThumbnail(Uint8Array.of(1))
    assert.equal(facts.length, 4)
    assert.equal(broadcast.record.title, 'Algebra')

    await viewer.close('ended')
    await settled()
    await broadcast.stop()
    assert.deepEqual(facts.slice(4), ['updated', 'ended'])
  })

  test('[BC15] only the newest picture is kept', () => {
    const { broadcast } = setUp()
    broadcast.setThumbnail(Uint8Array.of(1))
    broadcast.setThumbnail(Uint8Array.of(2))

    assert.deepEqual(broadcast.thumbnail, { jpeg: Uint8Array.of(2), version: 2 })
  })

  test('[BC16] numbers leave with the publisher, warnings with the end', async () => {
    const { broadcast, publisher } = setUpLive()
    broadcast.publisherReported(publisher, HEALTH, ['b-frames'])

    await publisher.close('failed')
    await settled()
    assert.equal(broadcast.health, undefined)
    assert.deepEqual(broadcast.warnings, ['b-frames'])

    await broadcast.stop()
    assert.deepEqual(broadcast.warnings, [])
  })
})
