import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OFFER, OPUS, setUpDoor, settled, VP8 } from '../../../test/support/webrtc-door.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { Session } from '../../core/session.ts'

async function setUp(options: Parameters<typeof setUpDoor>[0] = {}) {
  const door = await setUpDoor(options)
  const { broadcast } = await door.broadcasts.create({ id: 'lecture' })
  const request = { broadcast, door: 'whip', address: '192.0.2.1', offer: OFFER } as const
  const publish = (address: string = request.address) => door.sessions.publish({ ...request, address })
  const watch = (address: string = request.address) =>
    door.sessions.watch({ ...request, door: 'whep', address })
  /** A broadcast that can be watched. */
  function goLive(): Promise<string> {
    return door.publish(broadcast)
  }
  return { ...door, broadcast, publish, watch, goLive }
}

describe('what hosts tell reaches the broadcast', () => {
  test('[SES1] the publisher connects, tells its tracks, reports and is gone', async () => {
    const { broadcast, publish, host } = await setUp()
    const { session } = await publish()
    const of = { sessionId: session.id, broadcastId: 'lecture' }
    assert.equal(broadcast.state, 'created')

    host.connect(session.id)
    assert.equal(broadcast.state, 'live')
    host.emit('tracksChanged', { ...of, tracks: [VP8] })
    assert.deepEqual(broadcast.tracks, [VP8])
    const layers = [{ rid: 'h', bitrate: 5, framesPerSecond: 30 }]
    host.emit('publisherReported', { ...of, bitrate: 5, loss: 0.1, layers, warnings: ['b-frames'] })
    assert.deepEqual(broadcast.health, { bitrate: 5, loss: 0.1, layers })
    assert.deepEqual(broadcast.warnings, ['b-frames'])

    host.end(session.id, 'timeout')
    await settled()
    assert.equal(broadcast.state, 'reconnecting')
    assert.equal(await session.closed, 'timeout')
  })

  test('[SES2] a viewer is counted from its connection to its end', async () => {
    const { broadcast, watch, goLive, host } = await setUp()
    await goLive()
    const { session } = await watch()
    host.connect(session.id)
    host.connect(session.id)
    assert.equal(broadcast.viewers, 1)

    host.end(session.id, 'timeout')
    await settled()

    assert.equal(broadcast.viewers, 0)
  })

  test('[WL1] whoever watches is announced with address and door, and its bytes are added up', async () => {
    const { broadcasts, watch, goLive, host } = await setUp()
    const joined: Session[] = []
    broadcasts.on('viewerJoined', ({ viewer }) => joined.push(viewer))
    await goLive()
    const { session } = await watch('192.0.2.8')
    host.connect(session.id)
    for (const bitrate of [8_000, 16_000])
      host.emit('viewerReported', { sessionId: session.id, bitrate, loss: 0, dropped: 0 })

    assert.deepEqual(
      joined.map(({ id, door, address, bytesSent }) => ({ id, door, address, bytesSent })),
      [{ id: session.id, door: 'whep', address: '192.0.2.8', bytesSent: 3_000 }],
    )
  })

  test('[SES3] what a host tells before its answer is not lost', async () => {
    const { broadcast, publish, host } = await setUp()
    const gate = Promise.withResolvers<undefined>()
    host.gate = gate.promise
    const publishing = publish()
    const sessionId = host.published[0]?.sessionId ?? ''
    host.emit('tracksChanged', { sessionId, broadcastId: 'lecture', tracks: [VP8, OPUS] })
    host.connect(sessionId)
    gate.resolve(undefined)
    await publishing

    assert.equal(broadcast.state, 'live')
    assert.deepEqual(broadcast.tracks, [VP8, OPUS])
  })

  test('[SES4] facts about sessions that nobody knows change nothing', async () => {
    const { broadcast, host, sessions } = await setUp()
    const unknown = { sessionId: 'unknown', broadcastId: 'lecture' }
    host.emit('sessionConnected', unknown)
    host.emit('sessionClosed', { ...unknown, reason: 'failed' })
    host.emit('tracksChanged', { ...unknown, tracks: [VP8] })
    host.emit('publisherReported', { ...unknown, bitrate: 1, loss: 0, layers: [], warnings: [] })
    host.emit('viewerReported', { ...unknown, bitrate: 1, loss: 0, dropped: 0 })
    host.emit('captureClock', { ...unknown, rtpTimestamp: 1, capturedAt: 1 })

    assert.equal(broadcast.state, 'created')
    assert.deepEqual(broadcast.tracks, [])
    assert.equal(sessions.size, 0)
  })
})

describe('the end of sessions', () => {
  test('[SES5] closing is asked of the host once, however often it is called', async () => {
    const { watch, goLive, host, sessions } = await setUp()
    await goLive()
    const { session } = await watch()

    await Promise.all([session.close('ended'), session.close('kicked')])

    assert.deepEqual(host.closedSessions, [{ sessionId: session.id, reason: 'ended' }])
    assert.equal(await session.closed, 'ended')
    assert.equal(sessions.size, 1)
    assert.throws(() => sessions.get(session.id, { broadcastId: 'lecture', door: 'whep' }), {
      code: 'session-not-found',
    })
  })

  test('[SES6] a session is gone even if its host fails to close it', async () => {
    const { watch, goLive, host, sessions } = await setUp()
    await goLive()
    const { session } = await watch()
    host.closeSession = () => Promise.reject(new Error('worker gone'))

    await session.close('ended')

    assert.equal(sessions.size, 1)
  })

  test('[SES7] the end of a broadcast closes its connecting sessions too, and its media on every host', async () => {
    const { broadcast, watch, goLive, host, sessions } = await setUp()
    await goLive()
    const connected = await watch()
    host.connect(connected.session.id)
    const connecting = await watch()

    await broadcast.stop()
    await settled()

    assert.equal(await connected.session.closed, 'ended')
    assert.equal(await connecting.session.closed, 'ended')
    assert.deepEqual(host.closedBroadcasts, [{ broadcastId: 'lecture', reason: 'ended' }])
    assert.equal(host.sessions.size, 0)
    assert.equal(sessions.size, 0)
  })

  test('[SES8] removing a broadcast closes its sessions', async () => {
    const { broadcast, broadcasts, watch, goLive, host, sessions } = await setUp()
    await goLive()
    await watch()
    await broadcasts.remove(broadcast)
    await settled()
    assert.equal(sessions.size, 0)
    assert.equal(host.sessions.size, 0)
  })

  test('[SES9] a publisher that never connects leaves nothing on its host', async () => {
    const { publish, host, sessions } = await setUp()
    const { session } = await publish()
    host.end(session.id, 'timeout')
    await settled()
    assert.equal(sessions.size, 0)
    assert.deepEqual(host.closedBroadcasts, [{ broadcastId: 'lecture', reason: 'ended' }])
  })

  test('[SES10] of two publishers that negotiate at once, one is refused or gives way', async () => {
    const { broadcast, publish, host } = await setUp()
    const first = await publish()
    const second = await publish()
    await settled()
    assert.equal(await first.session.closed, 'replaced')
    assert.equal(broadcast.publisher, second.session)

    const gate = Promise.withResolvers<undefined>()
    host.gate = gate.promise
    const third = publish()
    host.connect(second.session.id)
    gate.resolve(undefined)
    await assert.rejects(third, { code: 'broadcast-taken' })
    await settled()
    assert.equal(host.sessions.size, 1)
  })

  test('[SES11] a shutdown closes every session, and lets no other in', async () => {
    const { broadcast, publish, watch, goLive, host, sessions } = await setUp()
    await goLive()
    const { session } = await watch()

    await sessions.close()
    await settled()

    assert.equal(await session.closed, 'shutdown')
    assert.equal(broadcast.state, 'ended')
    assert.equal(host.sessions.size, 0)
    await assert.rejects(publish(), { code: 'overloaded' })
  })
})

describe('limits of sessions', () => {
  const limits = { connecting: { perAddress: 2, total: 3 }, total: 5 }

  test('[SES12] an address may have so many connecting sessions, then it is asked to wait', async () => {
    const { watch, goLive, host } = await setUp({ limits })
    await goLive()
    const { session } = await watch('198.51.100.1')
    await watch('198.51.100.1')

    await assert.rejects(watch('198.51.100.1'), (error: BroadcastError) => {
      assert.equal(error.code, 'too-many-requests')
      assert.ok(error.retryAfter)
      return true
    })

    host.connect(session.id)
    assert.ok(await watch('198.51.100.1'))
  })

  test('[SES13] one IPv6 customer is one address', async () => {
    const { watch, goLive } = await setUp({ limits })
    await goLive()
    await watch('2001:db8:0:1::1')
    await watch('2001:db8::1:ffff:0:0:2')
    await assert.rejects(watch('2001:db8:0:1:1:2:3:4'), { code: 'too-many-requests' })
    assert.ok(await watch('2001:db8:0:2::1'))
  })

  test('[SES14] connecting sessions are bounded in all, and freed when they time out', async () => {
    const { watch, goLive, host } = await setUp({ limits })
    await goLive()
    const { session } = await watch('198.51.100.1')
    await watch('198.51.100.2')
    await watch('198.51.100.3')
    await assert.rejects(watch('198.51.100.4'), { code: 'overloaded' })

    host.end(session.id, 'timeout')
    assert.ok(await watch('198.51.100.4'))
  })

  test('[SES15] all sessions are bounded', async () => {
    const { watch, goLive, host } = await setUp({ limits })
    await goLive()
    for (let i = 0; i < 4; i++) host.connect((await watch()).session.id)
    await assert.rejects(watch(), (error: BroadcastError) => {
      assert.equal(error.code, 'overloaded')
      assert.ok(error.retryAfter)
      return true
    })
  })

  test('[SES16] 10 000 offers that never connect leave nothing behind', async () => {
    const { watch, goLive, host, sessions, logger } = await setUp()
    await goLive()
    let refused = 0
    for (let i = 0; i < 10_000; i++)
      await watch(`198.51.${i % 100}.1`).catch((error: unknown) => {
        assert.ok(error instanceof BroadcastError)
        refused++
      })
    assert.equal(refused, 8000)
    assert.equal(sessions.size, 2001)

    for (const { sessionId } of host.watched) host.end(sessionId, 'timeout')
    await settled()

    assert.equal(sessions.size, 1)
    assert.equal(logger.lines.filter(({ level }) => level === 'error').length, 0)
    assert.ok(await watch())
  })
})
