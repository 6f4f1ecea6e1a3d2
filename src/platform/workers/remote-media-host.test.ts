import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import { FakeMediaHost } from '../../../test/support/fake-media-host.ts'
import { BroadcastError } from '../../core/errors.ts'
import { RemoteMediaHost } from './remote-media-host.ts'
import { serveMediaHost } from './serve-media-host.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

const REQUEST = { sessionId: 's', broadcastId: 'b', offer: 'v=0' }
const STATS = {
  eventLoopLag: 0,
  processorSeconds: 1,
  residentBytes: 2,
  packetsIn: 3,
  packetsOut: 4,
  bytesIn: 30,
  bytesOut: 40,
  relayed: 5,
  relayDropped: 6,
}

/** Both sides in this process; messages are cloned and late, as between processes. */
function setUp({ callTimeout = 1000 } = {}) {
  const host = new FakeMediaHost()
  const logger = new FakeLogger()
  const sent: FromWorker[] = []
  const toWorker: ((message: ToWorker) => void)[] = []
  const fromWorker: ((message: FromWorker) => void)[] = []
  const relayed: unknown[][] = []
  let shutdowns = 0
  const remote = new RemoteMediaHost({
    id: 'worker-0',
    callTimeout,
    logger,
    port: {
      send: (message) => setImmediate(() => toWorker.forEach((hear) => hear(structuredClone(message)))),
      onMessage: (listener) => fromWorker.push(listener),
    },
  })
  serveMediaHost({
    host,
    relay: {
      exportFeed: (...args) => void relayed.push(['exportFeed', ...args]),
      importFeed: (...args) => void relayed.push(['importFeed', ...args]),
      stopExport: async (...args) => void relayed.push(['stopExport', ...args]),
    },
    logger,
    stats: () => STATS,
    onShutdown: () => shutdowns++,
    port: {
      send: (message) => {
        sent.push(message)
        setImmediate(() => fromWorker.forEach((hear) => hear(structuredClone(message))))
      },
      onMessage: (listener) => toWorker.push(listener),
    },
  })
  const tell = (message: ToWorker) => toWorker.forEach((hear) => hear(message))
  return { host, remote, logger, sent, relayed, tell, shutdowns: () => shutdowns }
}

const isOverload = (error: unknown) => error instanceof BroadcastError && error.code === 'overloaded'

describe('a media host in another process', () => {
  test('[WK1] takes every call, and gives every answer back', async () => {
    const { host, remote, relayed } = setUp()

    assert.deepEqual(await remote.publish(REQUEST), { sdp: host.answer })
    assert.deepEqual(await remote.watch({ ...REQUEST, tracks: [] }), { sdp: host.answer })
    await remote.addCandidates('s', ['candidate'])
    await remote.selectLayer('s', { rid: 'h' })
    await remote.setClockOffset('s', -12)
    await remote.closeSession('s', 'kicked')
    await remote.closeBroadcast('b', 'ended')
    await remote.call('importFeed', 'b', 1)
    await remote.call('exportFeed', 'b', 1)
    await remote.call('stopExport', 1)

    assert.deepEqual(host.published, [REQUEST])
    assert.deepEqual(host.watched, [{ ...REQUEST, tracks: [] }])
    assert.deepEqual(host.candidates, [{ sessionId: 's', candidates: ['candidate'] }])
    assert.deepEqual(host.selections, [{ sessionId: 's', selection: { rid: 'h' } }])
    assert.deepEqual(host.clockOffsets, [{ sessionId: 's', offset: -12 }])
    assert.deepEqual(host.closedSessions, [{ sessionId: 's', reason: 'kicked' }])
    assert.deepEqual(host.closedBroadcasts, [{ broadcastId: 'b', reason: 'ended' }])
    assert.deepEqual(relayed, [
      ['importFeed', 'b', 1],
      ['exportFeed', 'b', 1],
      ['stopExport', 1],
    ])
  })

  test('[WK2] a refusal keeps its code, message and retryAfter; a mistake stays a mistake, and is logged there', async () => {
    const { host, remote, logger } = setUp()

    host.refusal = new BroadcastError('no-common-codec', 'only H264 here', { retryAfter: 7 })
    await assert.rejects(remote.publish(REQUEST), (error) => {
      assert.ok(error instanceof BroadcastError)
      assert.deepEqual(
        [error.code, error.message, error.retryAfter],
        ['no-common-codec', 'only H264 here', 7],
      )
      return true
    })
    host.refusal = new TypeError('x is not a function')
    await assert.rejects(
      remote.watch({ ...REQUEST, tracks: [] }),
      (error) =>
        error instanceof Error &&
        !(error instanceof BroadcastError) &&
        error.message === 'x is not a function',
    )
    assert.deepEqual(
      logger.lines.map(({ level, message }) => [level, message]),
      [['error', 'call failed']],
    )
  })

  test('[WK3] a call that is not answered in time fails as overload, and so does every call to a lost host', async () => {
    const { host, remote } = setUp({ callTimeout: 20 })
    host.gate = new Promise(() => undefined)

    const waiting = setInterval(() => undefined, 1000) // the time-out itself keeps no process alive
    await assert.rejects(remote.publish(REQUEST), isOverload)
    clearInterval(waiting)
    const pending = remote.publish(REQUEST)
    remote.lost()
    await assert.rejects(pending, isOverload)
    await assert.rejects(remote.publish(REQUEST), isOverload)
  })

  test('[WK4] facts arrive in order, those of one turn in one message, and before the answer that follows them', async () => {
    const { host, remote, sent } = setUp()
    const heard: string[] = []
    remote.on('sessionConnected', ({ sessionId }) => heard.push(`connected ${sessionId}`))
    remote.on('sessionClosed', ({ sessionId, reason }) => heard.push(`closed ${sessionId} ${reason}`))

    for (let viewer = 0; viewer < 100; viewer++) host.emit('sessionConnected', { sessionId: `v${viewer}` })
    await turn()
    await turn()
    assert.equal(heard.length, 100)
    assert.deepEqual(heard.slice(0, 2), ['connected v0', 'connected v1'])
    assert.equal(sent.filter(({ kind }) => kind === 'facts').length, 1)

    await remote.publish(REQUEST)
    await remote.closeSession('s', 'kicked')
    assert.equal(heard.at(-1), 'closed s kicked')
  })

  test('[WK5] answers a ping with its statistics, and leaves when told to', async () => {
    const { sent, tell, shutdowns } = setUp()

    tell({ kind: 'ping' })
    tell({ kind: 'shutdown' })

    assert.deepEqual(sent.at(-1), { kind: 'pong', stats: STATS })
    assert.equal(shutdowns(), 1)
  })
})
