import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeBroadcastStore } from '../../test/support/fake-broadcast-store.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeLogger } from '../../test/support/fake-logger.ts'
import { FakeSecrets } from '../../test/support/fake-secrets.ts'
import { FakeSession } from '../../test/support/fake-session.ts'
import type { Broadcast } from './broadcast.ts'
import { Broadcasts } from './broadcasts.ts'
import type { SeenRequest } from './request-viewing.ts'
import type { Door } from './session.ts'
import { plainAddress } from './truncated-address.ts'
import type { ViewingRecord } from './viewing-store.ts'
import { Viewings } from './viewings.ts'

async function setUp({ byRequests = 100 } = {}) {
  const clock = new FakeClock()
  const secrets = new FakeSecrets()
  const logger = new FakeLogger()
  const store = new FakeBroadcastStore()
  const broadcasts = await Broadcasts.open({ store, secrets, clock, logger, reconnectGrace: 30_000 })
  const written: ViewingRecord[] = []
  const viewings = new Viewings({
    broadcasts,
    secrets,
    clock,
    addressOf: plainAddress,
    write: (record) => written.push(record),
    limits: { byRequests },
  })
  const { broadcast } = await broadcasts.create({ id: 'lecture', title: 'A lecture' })
  goLive(broadcast)
  const start = clock.now()
  const see = (changes: Partial<SeenRequest> = {}) =>
    viewings.seen({
      key: 'player-1',
      subject: { kind: 'broadcast', id: 'lecture' },
      protocol: 'hls',
      address: '::ffff:192.0.2.1',
      bytes: 100,
      ...changes,
    })
  return { clock, broadcasts, broadcast, viewings, written, see, start }
}

function goLive(broadcast: Broadcast): FakeSession {
  const publisher = new FakeSession('publisher')
  broadcast.attachPublisher(publisher)
  broadcast.publisherConnected(publisher)
  return publisher
}

/** Somebody at 192.0.2.9. */
class Viewer extends FakeSession {
  readonly address: string = '::ffff:192.0.2.9'
  readonly preview: boolean
  bytesSent = 0

  constructor(door: Door = 'whep', preview = false) {
    super('viewer', door)
    this.preview = preview
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('viewings by sessions', () => {
  test('[WL1] a session is one viewing from joining to leaving', async () => {
    const { clock, broadcast, viewings, written, start } = await setUp()
    clock.advance(10_000)
    const viewer = new Viewer()
    broadcast.addViewer(viewer)
    assert.deepEqual(
      written.map(({ endedAt, bytes }) => [endedAt, bytes]),
      [[null, 0]],
    )
    clock.advance(20_500)
    viewer.bytesSent = 5_000
    await viewer.close('ended')
    await settled()

    const { id, ...row } = written.at(-1) ?? assert.fail()
    assert.equal(id, written[0]?.id)
    assert.deepEqual(row, {
      revision: 4,
      subject: { kind: 'broadcast', id: 'lecture', title: 'A lecture' },
      userId: null,
      authenticated: false,
      address: '192.0.2.9',
      protocol: 'whep',
      startedAt: start + 10_000,
      seenAt: start + 30_500,
      endedAt: start + 30_500,
      secondsWatched: 20.5,
      intervals: [[10, 30.5]],
      bytes: 5_000,
    })
    assert.equal(viewings.size, 0)
  })

  test('[WL2] who comes early has watched nothing before it begins', async () => {
    const { clock, broadcasts, written } = await setUp()
    const { broadcast } = await broadcasts.create({ id: 'later', delivery: 'p2p' })
    const [early, impatient] = [new Viewer('signalling'), new Viewer('signalling')]
    broadcast.addViewer(early)
    broadcast.addViewer(impatient)
    clock.advance(4_000)
    await impatient.close('ended')
    await settled()
    assert.deepEqual([written.at(-1)?.secondsWatched, written.at(-1)?.intervals], [0, []])

    goLive(broadcast)
    clock.advance(6_000)
    await early.close('ended')
    await settled()

    assert.deepEqual([written.at(-1)?.secondsWatched, written.at(-1)?.intervals], [6, [[0, 6]]])
  })

  test('[WL8] a preview is no viewer and no viewing, and ends with its broadcast', async () => {
    const { broadcast, viewings, written } = await setUp()
    const glance = new Viewer('whep', true)
    broadcast.addViewer(glance)

    assert.equal(broadcast.viewers, 0)
    assert.equal(viewings.size, 0)
    assert.equal(broadcast.idle, false)

    await broadcast.stop()
    assert.deepEqual(glance.closedWith, ['ended'])
    assert.deepEqual(written, [])
  })
})

describe('viewings by requests', () => {
  test('[WL3] requests with one key are one viewing', async () => {
    const { clock, viewings, written, see } = await setUp()
    see({ interval: { from: 0, to: 2 } })
    clock.advance(2_000)
    see({ interval: { from: 2, to: 4 } })
    clock.advance(25_000)
    see({ interval: { from: 20, to: 22 }, userId: 'too late' })

    const [first] = written
    assert.equal(new Set(written.map(({ id }) => id)).size, 1)
    const now = viewings.current(first?.id ?? '')
    assert.equal(now?.bytes, 300)
    assert.deepEqual(now.intervals, [
      [0, 4],
      [20, 22],
    ])
    assert.equal(now.userId, null)
    assert.equal(now.address, '192.0.2.1')
    assert.equal(now.subject.title, 'A lecture')
  })

  test('[WL3] another key, subject or protocol is another viewing', async () => {
    const { viewings, see } = await setUp()
    see()
    see({ key: 'player-2' })
    see({ protocol: 'frames' })
    see({ subject: { kind: 'recording', id: 'lecture', title: 'Recorded' }, userId: 'anna' })
    see({ subject: { kind: 'file', id: 'lecture' }, protocol: 'range' })

    assert.equal(viewings.size, 5)
  })

  test('[WL3] what a player says of itself does not mix viewings up', async () => {
    const { viewings, see } = await setUp()
    see({ key: 'a', subject: { kind: 'file', id: 'b c' } })
    see({ key: 'a b', subject: { kind: 'file', id: 'c' } })

    assert.equal(viewings.size, 2)
  })

  test('[WL4] a viewing ends with its last request, after 30 s of silence when live', async () => {
    const { clock, viewings, written, see, start } = await setUp()
    see()
    clock.advance(28_000)
    see()
    clock.advance(28_000)
    assert.equal(viewings.size, 1)
    clock.advance(8_000)

    assert.equal(viewings.size, 0)
    assert.equal(written.at(-1)?.endedAt, start + 28_000)
    see()
    assert.notEqual(written.at(-1)?.id, written[0]?.id)
  })

  test('[WL15] a player that says that it leaves is over at once, whatever it overtook; who never came leaves nothing', async () => {
    const { clock, broadcast, viewings, written, see, start } = await setUp()
    see()
    clock.advance(3000)
    see({ leaving: true, bytes: 0 })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(broadcast.viewers, 0)
    assert.equal(viewings.size, 0)
    assert.equal(written.at(-1)?.endedAt, start)
    see({ key: 'player-2', leaving: true })
    see()
    assert.equal(broadcast.viewers, 0, 'a request that the goodbye overtook')
    assert.equal(new Set(written.map(({ id }) => id)).size, 1)
    clock.advance(2000)
    see()

    assert.equal(broadcast.viewers, 1)
  })

  test('[WL4] and after 5 minutes when kept', async () => {
    const { clock, viewings, written, see } = await setUp()
    const file = { subject: { kind: 'file', id: 'film.mp4' }, protocol: 'range' } as const
    see(file)
    clock.advance(299_000)
    see(file)
    clock.advance(299_000)
    assert.equal(viewings.size, 1)
    clock.advance(10_000)

    assert.equal(viewings.size, 0)
    assert.equal(new Set(written.map(({ id }) => id)).size, 1)
  })

  test('[WL4] a request that comes before silence is noticed begins a new viewing all the same', async () => {
    const { clock, written, see } = await setUp()
    clock.advance(4_000) // between two looks
    see()
    clock.advance(30_500)
    see()

    assert.equal(new Set(written.map(({ id }) => id)).size, 2)
    assert.equal(written.find(({ endedAt }) => endedAt !== null)?.secondsWatched, 0)
  })

  test('[WL5] whoever watches by requests is one viewer, beside those with sessions', async () => {
    const { clock, broadcast, see } = await setUp()
    broadcast.addViewer(new Viewer())
    see()
    see()
    see({ key: 'player-2', protocol: 'frames' })
    assert.equal(broadcast.viewers, 3)
    assert.equal(broadcast.idle, false)

    clock.advance(20_000)
    see()
    clock.advance(20_000)
    await settled()
    assert.equal(broadcast.viewers, 2)
  })

  test('[WL6] the rest of an ended broadcast belongs to the viewing it continues', async () => {
    const { clock, broadcast, viewings, written, see } = await setUp()
    see()
    clock.advance(5_000)
    await broadcast.stop()
    assert.equal(broadcast.viewers, 0)
    see()
    assert.equal(broadcast.viewers, 0)
    assert.equal(viewings.size, 1)

    goLive(broadcast)
    see()
    assert.equal(broadcast.viewers, 1)
    assert.equal(viewings.size, 1)
    assert.equal(new Set(written.map(({ id }) => id)).size, 2)
  })

  test('[WL6] who first comes after the end is no viewer', async () => {
    const { broadcast, viewings, see } = await setUp()
    await broadcast.stop()
    see()
    see({ subject: { kind: 'broadcast', id: 'unknown' } })

    assert.equal(broadcast.viewers, 0)
    assert.equal(viewings.size, 2)
  })

  test('[WL7] seconds watched are those between the requests, to the end of what the last one fetched', async () => {
    const { clock, viewings, written, see } = await setUp()
    for (let segment = 0; segment < 10; segment++) {
      see({ interval: { from: segment * 2, to: segment * 2 + 2 } })
      clock.advance(2_000)
    }
    see({ key: 'buffers', interval: { from: 0, to: 30 } })
    see({ key: 'buffers', interval: { from: 30, to: 60 } })
    see({ key: 'one', interval: { from: 0, to: 2 } })
    const film = { key: 'film', subject: { kind: 'file', id: 'f' }, protocol: 'range' } as const
    see({ ...film, interval: { from: 0, to: 9_000_000 } })
    clock.advance(7_000)
    see(film)
    viewings.close()

    const ended = written.filter(({ endedAt }) => endedAt !== null)
    assert.deepEqual(
      ended.map(({ secondsWatched }) => secondsWatched),
      [20, 30, 2, 7],
    )
    assert.deepEqual(ended.at(-1)?.intervals, [[0, 9_000_000]])
  })

  test('[WL9] beyond the bound, the one that was silent for longest ends', async () => {
    const { clock, viewings, written, see } = await setUp({ byRequests: 2 })
    see({ key: 'a' })
    clock.advance(10)
    see({ key: 'b' })
    see({ key: 'a' })
    see({ key: 'c' })

    assert.equal(viewings.size, 2)
    assert.deepEqual(
      written.map(({ endedAt }) => endedAt !== null),
      [false, false, false, true],
    )
    assert.equal(written[3]?.id, written[1]?.id)
  })
})

describe('a large audience', () => {
  test('[WL13] it is written and ended in portions, and nobody is left out', async () => {
    const { clock, viewings, written, see } = await setUp({ byRequests: 20_000 })
    for (let player = 0; player < 12_000; player++) see({ key: `player-${player}` })
    for (let look = 0; look < 12; look++) {
      written.length = 0
      clock.advance(5_000)
      assert.ok(written.length <= 5_000)
    }
    assert.equal(viewings.size, 0)

    for (let player = 0; player < 12_000; player++) see({ key: `player-${player}` })
    assert.equal(viewings.end(5_000), 7_000)
    assert.equal(viewings.end(5_000), 2_000)
    assert.equal(viewings.end(5_000), 0)
  })
})

describe('what is written of viewings', () => {
  test('[WL10] they are written when they begin, every 10 s, and when they end', async () => {
    const { clock, broadcast, viewings, written, see } = await setUp()
    broadcast.addViewer(new Viewer())
    for (let second = 0; second < 65; second += 5) {
      see()
      clock.advance(5_000)
    }
    assert.deepEqual(
      written.map(({ revision }) => revision),
      [1, 2, 3, 4, 5, 6, 7].flatMap((revision) => [revision, revision]),
    )

    viewings.close()
    viewings.close()

    const last = written.slice(14)
    assert.deepEqual(
      last.map(({ protocol, endedAt }) => [protocol, endedAt === null]),
      [
        ['hls', false],
        ['whep', false],
      ],
    )
    assert.equal(viewings.size, 0)
    assert.equal(clock.pending, 0)
  })
})
