import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { EventSource } from '../../../test/support/event-source.ts'
import { newApp, OFFER, SDP_TYPE, setUpDoor, until } from '../../../test/support/webrtc-door.ts'
import { whepPlugin } from './whep-plugin.ts'

async function setUp(t: TestContext) {
  const door = await setUpDoor()
  const app = newApp()
  await app.register(whepPlugin, { ...door, access: door.watchAccess, iceServers: () => [] })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => {
    void app.close()
    app.server.closeAllConnections() // fetch keeps some open, even before it has asked for anything
  })
  const live = await door.goLive({ id: 'lecture' })
  const watching = await fetch(`${origin}/whep/lecture`, { method: 'POST', headers: SDP_TYPE, body: OFFER })
  const session = `${origin}${watching.headers.get('location')}`
  const sessionId = session.split('/').at(-1) ?? ''
  door.host.connect(sessionId)

  const subscribe = (events: unknown) =>
    fetch(`${session}/sse`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    })
  /** The URL of a new subscription. */
  const subscribed = async (...events: string[]) =>
    `${origin}${(await subscribe(events)).headers.get('location')}`
  return { ...door, ...live, app, origin, session, sessionId, subscribe, subscribed }
}

describe('the events of a WHEP session', () => {
  test('[WHEP30] a subscription is 201 with a Location of its own', async (t) => {
    const { subscribe, session, origin } = await setUp(t)
    const answer = await subscribe(['active', 'unheard-of'])
    assert.equal(answer.status, 201)
    const location = answer.headers.get('location') ?? ''
    assert.ok(`${origin}${location}`.startsWith(`${session}/sse/`))
    assert.equal((await subscribe({ active: true })).status, 400)
    assert.equal((await subscribe([1, { a: 1 }])).status, 400)
  })

  test('[WHEP31] it begins with how things stand, and only with what was asked for', async (t) => {
    const { subscribed } = await setUp(t)
    await using all = await EventSource.open(await subscribed())

    assert.equal(all.response.headers.get('content-type'), 'text/event-stream')
    assert.equal(all.response.headers.get('cache-control'), 'no-store')
    assert.equal(all.response.headers.get('access-control-allow-origin'), '*')
    assert.deepEqual(await all.next(), ['active', {}])
    assert.deepEqual(await all.next(), ['viewercount', { viewercount: 1 }])
    assert.deepEqual(await all.next(), ['state', { state: 'live', viewers: 1 }])
    const high = { encodingId: 'h', rid: 'h', width: 1280, height: 720 }
    const low = { encodingId: 'l', rid: 'l', width: 320, height: 180 }
    assert.deepEqual(await all.next(), [
      'layers',
      { 1: { active: [high, low], inactive: [], layers: [high, low] } },
    ])
    await using some = await EventSource.open(await subscribed('state'))
    assert.deepEqual(await some.next(), ['state', { state: 'live', viewers: 1 }])
  })

  test('[WHEP32] the publisher goes away and returns: inactive, then active', async (t) => {
    const { subscribed, publisherId, host, publish, broadcast } = await setUp(t)
    await using events = await EventSource.open(await subscribed('active', 'inactive'))
    assert.deepEqual(await events.next(), ['active', {}])

    host.end(publisherId, 'failed')
    assert.deepEqual(await events.next(), ['inactive', {}])
    await publish(broadcast)
    assert.deepEqual(await events.next(), ['active', {}])
  })

  test('[WHEP33] it hears of the layer it receives, of paused layers, and of capture times', async (t) => {
    const { subscribed, host, sessionId, publisherId, broadcast } = await setUp(t)
    await using layers = await EventSource.open(await subscribed('layers'))
    await using clock = await EventSource.open(await subscribed('clock'))
    await layers.next()

    const layer = { framesPerSecond: 0, bitrate: 0 }
    host.emit('publisherReported', {
      sessionId: publisherId,
      broadcastId: broadcast.id,
      bitrate: 0,
      loss: 0,
      warnings: [],
      layers: [{ ...layer, rid: 'h' }],
    })
    host.emit('viewerReported', { sessionId, bitrate: 1, loss: 0, dropped: 0, rid: 'l' })
    const [name, data] = (await layers.next()) ?? []
    assert.equal(name, 'layers')
    const { active, inactive, selected } = (data as Record<string, Record<string, unknown>>)['1'] ?? {}
    assert.deepEqual(
      (active as { rid: string }[]).map(({ rid }) => rid),
      ['l'],
    )
    assert.deepEqual(
      (inactive as { rid: string }[]).map(({ rid }) => rid),
      ['h'],
    )
    assert.equal(selected, 'l')

    host.emit('captureClock', { sessionId, rtpTimestamp: 90_000, capturedAt: 1234 })
    assert.deepEqual(await clock.next(), ['clock', { rtpTimestamp: 90_000, capturedAt: 1234 }])
  })

  test('[WHEP34] viewers are counted aloud at most once a second', async (t) => {
    const { subscribed, sessions, broadcast, host, clock } = await setUp(t)
    await using events = await EventSource.open(await subscribed('viewercount'))
    assert.deepEqual(await events.next(), ['viewercount', { viewercount: 1 }])

    for (let i = 0; i < 10; i++) {
      const { session } = await sessions.watch({ broadcast, door: 'whep', address: '', offer: OFFER })
      host.connect(session.id)
    }
    assert.deepEqual(await events.next(), ['viewercount', { viewercount: 2 }])
    clock.advance(1000)
    assert.deepEqual(await events.next(), ['viewercount', { viewercount: 11 }])
  })

  test('[WHEP35] silence is broken by a comment every 15 seconds', async (t) => {
    const { subscribed, clock } = await setUp(t)
    await using events = await EventSource.open(await subscribed('state'))
    await events.next()
    clock.advance(15_000)
    await events.nextComment()
    clock.advance(15_000)
    await events.nextComment()
    assert.equal(events.comments, 2)
  })

  test('[WHEP36] when the broadcast ends, it says so and is over', async (t) => {
    const { subscribed, broadcast } = await setUp(t)
    await using events = await EventSource.open(await subscribed('inactive', 'state', 'reconnect'))
    await events.next()
    await broadcast.stop()

    assert.deepEqual(await events.next(), ['inactive', {}])
    const last = await events.next()
    assert.equal(last?.[0], 'state')
    assert.equal((last[1] as { state: string }).state, 'ended')
    for (let event = await events.next(); event; event = await events.next())
      assert.notEqual(event[0], 'reconnect')
  })

  for (const reason of ['failed', 'incompatible', 'shutdown', 'overload', 'timeout'] as const)
    test(`[WHEP37] a session that is lost by "${reason}" is told to reconnect`, async (t) => {
      const { subscribed, host, sessionId } = await setUp(t)
      await using events = await EventSource.open(await subscribed('reconnect'))

      host.end(sessionId, reason)

      assert.deepEqual(await events.next(), ['reconnect', { reason }])
      assert.equal(await events.next(), undefined)
    })

  test('[WHEP38] DELETE is 200, ends the stream, and is 404 afterwards', async (t) => {
    const { subscribed } = await setUp(t)
    const url = await subscribed('state')
    await using events = await EventSource.open(url)
    await events.next()

    assert.equal((await fetch(url, { method: 'DELETE' })).status, 200)

    assert.equal(await events.next(), undefined)
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 404)
    assert.equal((await fetch(url)).status, 404)
  })

  test('[WHEP39] subscriptions are few, and go with their session', async (t) => {
    const { subscribe, subscribed, session } = await setUp(t)
    const url = await subscribed('state')
    for (let i = 0; i < 3; i++) assert.equal((await subscribe([])).status, 201)
    assert.equal((await subscribe([])).status, 429)

    await fetch(session, { method: 'DELETE' })

    assert.equal((await fetch(url)).status, 404)
    assert.equal((await subscribe([])).status, 404)
  })

  test('[WHEP40] a reader that goes away leaves no timer and no listener', async (t) => {
    const { subscribed, clock } = await setUp(t)
    const before = clock.pending
    const events = await EventSource.open(await subscribed())
    await events.next()
    assert.equal(clock.pending, before + 1)

    await events[Symbol.asyncDispose]()
    await until(() => clock.pending === before)
    assert.equal(clock.pending, before)
  })

  test('[WHEP41] a reader that does not read is cut off', async (t) => {
    const { subscribed, host, sessionId, clock } = await setUp(t)
    const before = clock.pending
    const request = get(await subscribed('clock'))
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.pause()
    response.on('error', () => undefined)
    assert.equal(clock.pending, before + 1)

    let sent = 0
    await until(() => {
      for (let i = 0; i < 1000; i++, sent++)
        host.emit('captureClock', { sessionId, rtpTimestamp: i, capturedAt: 1_234_567_890_123 })
      return clock.pending === before
    })
    assert.ok(sent < 500_000, `${sent} events of 80 bytes are more than the kernel and we may hold`)
    response.destroy()
  })

  test('[WHEP42] when the server stops, every stream says reconnect and is over', async (t) => {
    const { subscribed, app } = await setUp(t)
    await using events = await EventSource.open(await subscribed('reconnect'))
    await using others = await EventSource.open(await subscribed('state'))
    await others.next()
    void app.close()
    assert.deepEqual(await events.next(), ['reconnect', { reason: 'shutdown' }])
    assert.equal(await events.next(), undefined)
    assert.equal(await others.next(), undefined)
  })
})
