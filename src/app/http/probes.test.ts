import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeMediaHost } from '../../../test/support/fake-media-host.ts'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { probesPlugin } from './probes.ts'

const STATS = {
  id: 'worker-0',
  pid: 1,
  sessions: 3,
  eventLoopLag: 0.002,
  processorSeconds: 1.5,
  residentBytes: 1000,
  packetsIn: 10,
  packetsOut: 300,
  bytesIn: 1000,
  bytesOut: 30_000,
  relayed: 7,
  relayDropped: 1,
}

async function setUp() {
  const rig = await restRig()
  const host = new FakeMediaHost()
  const state = { ready: true }
  const database = { isUp: true, outages: 0 }
  await rig.fastify.register(probesPlugin, {
    broadcasts: rig.broadcasts,
    pool: { stats: () => [STATS], on: host.on.bind(host) },
    isReady: () => state.ready,
    database,
    frames: {
      counts: {
        ...{ received: 30, receivedBytes: 3000, sent: 60, sentBytes: 6000 },
        dropped: { slow: 4, limit: 3, flood: 2, invalid: 1 },
      },
      viewers: { websocket: 2, http: 1 },
      encoded: 1,
    },
    recorder: () => ({ recordings: 2, queued: 30, dropped: 400, full: true }),
  })
  const metrics = async () => (await rig.fastify.inject('/metrics')).payload.split('\n')
  return { ...rig, host, state, database, metrics }
}

describe('probes', () => {
  test('[PROBE1] a server that is not ready says so by 503, and is alive all the same', async () => {
    const { fastify, state } = await setUp()
    assert.equal((await fastify.inject('/readyz')).statusCode, 200)
    state.ready = false

    assert.equal((await fastify.inject('/readyz')).statusCode, 503)
    assert.equal((await fastify.inject('/healthz')).statusCode, 200)
  })

  test('[PROBE4] a server without its database is degraded, not unready: what is live goes on', async () => {
    const { fastify, database, metrics } = await setUp()
    assert.deepEqual((await fastify.inject('/readyz')).json(), { status: 'ready', database: 'up' })
    assert.ok((await metrics()).includes('klieg_database_up 1'))
    Object.assign(database, { isUp: false, outages: 2 })

    const answer = await fastify.inject('/readyz')
    assert.deepEqual([answer.statusCode, answer.json()], [200, { status: 'degraded', database: 'down' }])
    const lines = await metrics()
    assert.ok(lines.includes('klieg_database_up 0'))
    assert.ok(lines.includes('klieg_database_outages_total 2'))
  })

  test('[PROBE2] metrics tell broadcasts by state, viewers, and what each worker does', async () => {
    const { broadcasts, metrics } = await setUp()
    const { broadcast } = await broadcasts.create({})
    const publisher = new FakeSession('publisher')
    broadcast.attachPublisher(publisher)
    broadcast.publisherConnected(publisher)
    broadcast.addViewer(new FakeSession('viewer-1'))
    broadcast.addViewer(new FakeSession('viewer-2'))

    for (let scrape = 0; scrape < 2; scrape++) {
      const lines = await metrics()
      for (const line of [
        'klieg_broadcasts{state="live"} 1',
        'klieg_viewers 2',
        'klieg_worker_sessions{worker="worker-0"} 3',
        'klieg_worker_event_loop_lag_p99_seconds{worker="worker-0"} 0.002',
        'klieg_worker_processor_seconds_total{worker="worker-0"} 1.5',
        'klieg_worker_packets_total{worker="worker-0",direction="in"} 10',
        'klieg_worker_packets_total{worker="worker-0",direction="out"} 300',
        'klieg_worker_relay_dropped_packets_total{worker="worker-0"} 1',
      ])
        assert.ok(lines.includes(line), line)
      assert.ok(lines.some((line) => line.startsWith('process_cpu_seconds_total ')))
    }
  })

  test('[PROBE3] packets that viewers were too slow for are counted, those of viewers that left included', async () => {
    const { host, metrics } = await setUp()
    const report = (sessionId: string, dropped: number) =>
      host.emit('viewerReported', { sessionId, bitrate: 0, loss: 0, dropped })
    report('a', 5)
    report('b', 1)
    report('a', 8)
    host.emit('sessionClosed', { sessionId: 'a', reason: 'ended' })
    report('b', 1)

    assert.ok((await metrics()).includes('klieg_viewer_dropped_packets_total 9'))
  })

  test('[FR16] metrics tell what goes through the frames door, and what does not and why', async () => {
    const { metrics } = await setUp()
    for (let scrape = 0; scrape < 2; scrape++) {
      const lines = await metrics()
      for (const line of [
        'klieg_frames_received_total 30',
        'klieg_frames_received_bytes_total 3000',
        'klieg_frames_sent_total 60',
        'klieg_frames_sent_bytes_total 6000',
        'klieg_frames_dropped_total{reason="slow"} 4',
        'klieg_frames_dropped_total{reason="limit"} 3',
        'klieg_frames_dropped_total{reason="flood"} 2',
        'klieg_frames_dropped_total{reason="invalid"} 1',
        'klieg_frames_viewers{transport="websocket"} 2',
        'klieg_frames_viewers{transport="http"} 1',
        'klieg_frames_encoded_broadcasts 1',
      ])
        assert.ok(lines.includes(line), line)
    }
  })

  test('[RC17] metrics tell what is recorded, what waits, what was lost, and whether the disk is full', async () => {
    const lines = await (await setUp()).metrics()
    assert.ok(lines.includes('klieg_recordings 2'))
    assert.ok(lines.includes('klieg_recording_queued_bytes 30'))
    assert.ok(lines.includes('klieg_recording_dropped_bytes_total 400'))
    assert.ok(lines.includes('klieg_recording_disk_full 1'))
  })
})
