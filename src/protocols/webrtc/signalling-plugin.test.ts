import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { WebSocketServer } from 'ws'
import { SignallingClient } from '../../../test/support/signalling-client.ts'
import { type DoorOptions, OFFER, setUpDoor, until } from '../../../test/support/webrtc-door.ts'
import { BroadcastError } from '../../core/errors.ts'
import { type SignallingOptions, SignallingRoute } from './signalling-plugin.ts'

const ICE_SERVERS = [{ urls: ['stun:stun.example.net'] }]

type Options = Pick<DoorOptions, 'open'> & Partial<Pick<SignallingOptions, 'mayConnect' | 'limits'>>

async function setUp(t: TestContext, { open: openMode = false, ...options }: Options = {}) {
  const door = await setUpDoor({ open: openMode })
  const route = new SignallingRoute({
    ...door,
    publishAccess: door.access,
    iceServers: () => ICE_SERVERS,
    ...options,
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: route.maxPayload })
  const server = createServer().on('upgrade', (request, socket, head) => {
    const match = route.path.exec(request.url ?? '')
    assert.ok(match?.groups)
    const params = match.groups
    sockets.handleUpgrade(request, socket, head, (webSocket) => route.accept(webSocket, request, params))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })

  const open = (id = 'lecture', headers = {}) =>
    SignallingClient.open(`ws://127.0.0.1:${port}/ws/webrtc/${id}/`, headers)
  /** A client that has joined and been welcomed. */
  async function join(
    role: 'broadcaster' | 'viewer',
    { id = 'lecture', token }: { id?: string; token?: string } = {},
  ) {
    const client = await open(id)
    client.send({ type: 'join', role, ...(token === undefined ? {} : { token }) })
    const welcome = await client.next('welcome')
    return { client, welcome, peerId: String(welcome['peerId']) }
  }
  return { ...door, route, origin, open, join }
}

/** What a refused client hears, and the code it is closed with. */
async function refusalOf(client: SignallingClient): Promise<[code: unknown, close: number]> {
  const error = await client.next('error')
  assert.equal(typeof error['message'], 'string')
  return [error['code'], await client.closed]
}

describe('joining', () => {
  test('[SIG1] a client that joins is welcomed and told the state', async (t) => {
    const { goLive, join } = await setUp(t)
    await goLive({ id: 'lecture' })

    const { client, welcome } = await join('viewer')

    const { peerId, ...rest } = welcome
    assert.equal(typeof peerId, 'string')
    assert.deepEqual(rest, { type: 'welcome', delivery: 'sfu', iceServers: ICE_SERVERS, state: 'live' })
    assert.deepEqual(await client.next('state'), { type: 'state', state: 'live', viewers: 0 })
  })

  test('[SIG1] the address works without its last slash', async (t) => {
    const { route } = await setUp(t)
    assert.equal(route.path.exec('/ws/webrtc/lecture')?.groups?.['id'], 'lecture')
    assert.equal(route.path.exec('/ws/webrtc/lecture/more'), null)
  })

  test('[SIG2] a broadcaster needs the key: 4401', async (t) => {
    const { broadcasts, open } = await setUp(t)
    const { streamKey } = await broadcasts.create({ id: 'lecture' })
    for (const message of [{}, { token: 'wrong' }]) {
      const client = await open()
      client.send({ type: 'join', role: 'broadcaster', ...message })
      assert.deepEqual(await refusalOf(client), ['unauthenticated', 4401])
    }
    const unknown = await open('unknown')
    unknown.send({ type: 'join', role: 'broadcaster', token: streamKey })
    assert.deepEqual(await refusalOf(unknown), ['unauthenticated', 4401])

    const script = await open('lecture', { authorization: `Bearer ${streamKey}` })
    script.send({ type: 'join', role: 'broadcaster' })
    assert.equal((await script.next('welcome'))['state'], 'created')
  })

  test('[SIG3] in open mode a broadcaster needs no key and creates the broadcast', async (t) => {
    const { join, open, broadcasts } = await setUp(t, { open: true })
    await join('broadcaster', { id: 'new-one' })
    assert.equal((await broadcasts.get('new-one')).state, 'created')

    const wrong = await open('new-one')
    wrong.send({ type: 'join', role: 'broadcaster', token: 'wrong' })
    assert.deepEqual(await refusalOf(wrong), ['unauthenticated', 4401])
  })

  test('[SIG4] an unknown broadcast is 4404, also with an id that cannot be', async (t) => {
    const { open } = await setUp(t)
    for (const id of ['unknown', 'a%20b', '..%2f..']) {
      const client = await open(id)
      client.send({ type: 'join', role: 'viewer' })
      assert.deepEqual(await refusalOf(client), ['broadcast-not-found', 4404])
    }
  })

  test('[SIG5] a private broadcast is 4404, as if there were none, without a token and with a wrong one', async (t) => {
    const { goLive, open, join, viewerToken } = await setUp(t)
    await goLive({ id: 'lecture', visibility: 'private' })
    for (const token of [undefined, 'guess', (await viewerToken('other')).token]) {
      const client = await open()
      client.send({ type: 'join', role: 'viewer', ...(token !== undefined && { token }) })
      assert.deepEqual(await refusalOf(client), ['broadcast-not-found', 4404])
    }
    assert.ok((await join('viewer', { token: (await viewerToken('lecture')).token })).peerId)
  })

  test('[SIG13] a viewer token that was taken back or has expired is 4401', async (t) => {
    const { goLive, open, viewerToken, shares, clock } = await setUp(t)
    await goLive({ id: 'lecture', visibility: 'private' })
    const [revoked, expired] = [await viewerToken('lecture'), await viewerToken('lecture', 60_000)]
    await shares.revoke('lecture', revoked.id)
    clock.advance(60_000)
    for (const { token } of [revoked, expired]) {
      const client = await open()
      client.send({ type: 'join', role: 'viewer', token })
      assert.deepEqual(await refusalOf(client), ['token-expired', 4401])
    }
  })

  test('[SIG14] whoever is here by a token goes with it, whether they listen or speak', async (t) => {
    const { goLive, join, viewerToken, shares, clock } = await setUp(t)
    await goLive({ id: 'lecture', visibility: 'private' })
    const [listener, speaker] = [await viewerToken('lecture'), await viewerToken('lecture')]
    const { client: listening } = await join('viewer', { token: listener.token })
    await shares.revoke('lecture', listener.id)
    assert.equal(await listening.closed, 4403)

    const { client: speaking } = await join('viewer', { token: speaker.token })
    clock.jump(3_600_000) // it has expired, and nobody has looked yet
    speaking.send({ type: 'candidate', candidate: null })
    assert.equal(await speaking.closed, 4401)
  })

  test('[SIG6] a second broadcaster is 4409 while the first is live', async (t) => {
    const { goLive, open } = await setUp(t)
    const { streamKey } = await goLive({ id: 'lecture' })
    const client = await open()
    client.send({ type: 'join', role: 'broadcaster', token: streamKey })
    assert.deepEqual(await refusalOf(client), ['broadcast-taken', 4409])
  })

  test('[SIG7] a viewer of an ended broadcast is 4410; one that comes too early may wait', async (t) => {
    const { broadcasts, join, open, publish } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'lecture' })
    const { client, welcome } = await join('viewer')
    assert.equal(welcome['state'], 'created')
    await client.next('state')
    await publish(broadcast)
    assert.deepEqual(await client.next('state'), { type: 'state', state: 'live', viewers: 0 })

    await broadcast.stop()
    assert.equal((await client.next('state'))['state'], 'ended')
    assert.equal(await client.closed, 4410)
    const late = await open()
    late.send({ type: 'join', role: 'viewer' })
    assert.deepEqual(await refusalOf(late), ['broadcast-ended', 4410])
  })

  test('[SIG8] nothing is heard before the join, and one join is all there is', async (t) => {
    const { goLive, open, host, join } = await setUp(t)
    await goLive({ id: 'lecture' })
    const early = await open()
    early.send({ type: 'offer', sdp: OFFER })
    assert.equal((await early.next('error'))['code'], 'bad-request')
    assert.equal(host.watched.length, 0)

    const { client } = await join('viewer')
    client.send({ type: 'join', role: 'broadcaster' })
    assert.deepEqual(await refusalOf(client), ['not-allowed', 4403])
  })

  test('[SIG9] who does not join within 10 seconds is closed with 1008', async (t) => {
    const { open, clock, goLive, join } = await setUp(t)
    await goLive({ id: 'lecture' })
    const silent = await open()
    const { client } = await join('viewer')
    for (let second = 0; second < 10; second++) {
      clock.advance(1000)
      client.socket.pong()
      silent.socket.pong()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    assert.deepEqual(await refusalOf(silent), ['bad-request', 1008])
    assert.equal(client.socket.readyState, client.socket.OPEN)
  })

  test('[SIG10] pages of other sites may not connect: 4403', async (t) => {
    const { open, origin } = await setUp(t)
    for (const foreign of ['https://evil.example', 'null']) {
      assert.deepEqual(await refusalOf(await open('lecture', { origin: foreign })), ['not-allowed', 4403])
    }
    const own = await open('lecture', { origin })
    own.send({ type: 'join', role: 'viewer' })
    assert.deepEqual(await refusalOf(own), ['broadcast-not-found', 4404])
  })

  test('[SIG10] the operator may decide otherwise', async (t) => {
    const { open, goLive } = await setUp(t, {
      mayConnect: ({ origin }) => origin === 'https://friend.example',
    })
    await goLive({ id: 'lecture' })
    const friend = await open('lecture', { origin: 'https://friend.example' })
    friend.send({ type: 'join', role: 'viewer' })
    assert.ok(await friend.next('welcome'))
  })

  test('[SIG11] too many that have not joined, or too many in all, are 1013', async (t) => {
    const limits = { joining: { perAddress: 2, total: 100 }, total: 3 }
    const { open, join, goLive } = await setUp(t, { limits })
    await goLive({ id: 'lecture' })
    await open()
    const second = await open()
    assert.deepEqual(await refusalOf(await open()), ['too-many-requests', 1013])
    second.send({ type: 'join', role: 'viewer' })
    await second.next('welcome')
    await join('viewer')
    assert.deepEqual(await refusalOf(await open()), ['overloaded', 1013])
  })

  test('[SIG12] after 20 wrong guesses an address is refused with 1013', async (t) => {
    const { open } = await setUp(t)
    const answers: unknown[] = []
    for (let i = 0; i < 21; i++) {
      const client = await open(`guess-${i}`)
      client.send({ type: 'join', role: 'viewer' })
      answers.push((await refusalOf(client))[1])
    }
    assert.deepEqual(answers, [...Array.from({ length: 20 }, () => 4404), 1013])
  })
})

describe('signalling with a media host', () => {
  test('[SIG20] a broadcaster offers, is answered, and the broadcast is live', async (t) => {
    const { broadcasts, join, host } = await setUp(t)
    const { broadcast, streamKey } = await broadcasts.create({ id: 'lecture' })
    const { client } = await join('broadcaster', { token: streamKey })

    client.send({ type: 'offer', sdp: OFFER })

    assert.deepEqual(await client.next('answer'), { type: 'answer', sdp: host.answer })
    host.connect(broadcast.publisher?.id ?? '')
    assert.equal(broadcast.state, 'live')
    client.close()
    await client.closed
    await until(() => host.sessions.size === 0)
    assert.equal(broadcast.state, 'reconnecting')
  })

  test('[SIG21] a viewer offers, is answered, and is counted until it leaves', async (t) => {
    const { goLive, join, host } = await setUp(t)
    const { broadcast } = await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    client.send({ type: 'offer', sdp: OFFER })
    assert.deepEqual(await client.next('answer'), { type: 'answer', sdp: host.answer })
    assert.equal(broadcast.viewers, 0)

    host.connect(host.watched[0]?.sessionId ?? '')
    assert.equal(broadcast.viewers, 1)
    client.socket.terminate()
    await until(() => broadcast.viewers === 0)
    assert.equal(host.sessions.size, 1)
  })

  test('[SIG22] candidates reach the host, in any notation, and their end is ignored', async (t) => {
    const { goLive, join, host } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    client.send({ type: 'offer', sdp: OFFER })
    for (const candidate of [
      'candidate:1 1 udp 1 192.0.2.7 1000 typ host',
      { candidate: 'candidate:2 1 udp 1 192.0.2.7 1001 typ host', sdpMid: '0', sdpMLineIndex: 0 },
      { candidate: '', sdpMid: '0' },
      '',
      null,
    ])
      client.send({ type: 'candidate', candidate })
    client.send({ type: 'candidate', candidate: 'nonsense' })

    assert.equal((await client.next('error'))['code'], 'bad-candidate')
    assert.deepEqual(
      host.candidates.flatMap(({ candidates }) => candidates),
      ['1 1 udp 1 192.0.2.7 1000 typ host', '2 1 udp 1 192.0.2.7 1001 typ host'],
    )
  })

  test('[SIG23] an offer before the broadcast is live is an error, and may be made again', async (t) => {
    const { broadcasts, join, publish } = await setUp(t)
    const { broadcast } = await broadcasts.create({ id: 'lecture' })
    const { client } = await join('viewer')
    client.send({ type: 'offer', sdp: OFFER })
    assert.equal((await client.next('error'))['code'], 'broadcast-not-live')

    await publish(broadcast)
    client.send({ type: 'offer', sdp: OFFER })
    assert.ok(await client.next('answer'))
  })

  test('[SIG24] an offer the host refuses is an error; overload is 1013', async (t) => {
    const { goLive, join, host } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    host.refusal = new BroadcastError('bad-offer', 'no')
    client.send({ type: 'offer', sdp: 'hello' })
    assert.equal((await client.next('error'))['code'], 'bad-offer')

    host.refusal = new BroadcastError('overloaded', 'full')
    client.send({ type: 'offer', sdp: OFFER })
    assert.deepEqual(await refusalOf(client), ['overloaded', 1013])
  })

  test('[SIG25] a new offer replaces the session, for a live broadcaster too', async (t) => {
    const { broadcasts, join, host } = await setUp(t)
    const { broadcast, streamKey } = await broadcasts.create({ id: 'lecture' })
    const { client } = await join('broadcaster', { token: streamKey })
    client.send({ type: 'offer', sdp: OFFER })
    await client.next('answer')
    const first = host.published[0]?.sessionId ?? ''
    host.connect(first)

    client.send({ type: 'offer', sdp: OFFER })
    await client.next('answer')
    host.connect(host.published[1]?.sessionId ?? '')

    assert.deepEqual(host.closedSessions, [{ sessionId: first, reason: 'replaced' }])
    assert.equal(broadcast.state, 'live')
    assert.equal(broadcast.publisher?.id, host.published[1]?.sessionId)
  })

  test('[SIG26] a session that is lost is an error, and a new offer mends it', async (t) => {
    const { goLive, join, host } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    client.send({ type: 'offer', sdp: OFFER })
    await client.next('answer')

    host.end(host.watched[0]?.sessionId ?? '', 'failed')

    assert.equal((await client.next('error'))['code'], 'session-closed')
    client.send({ type: 'offer', sdp: OFFER })
    assert.ok(await client.next('answer'))
  })

  for (const [reason, close] of [
    ['ended', 4410],
    ['kicked', 4403],
    ['replaced', 4409],
    ['overload', 1013],
    ['shutdown', 1012],
  ] as const)
    test(`[SIG27] a session closed by "${reason}" closes the connection with ${close}`, async (t) => {
      const { goLive, join, host } = await setUp(t)
      await goLive({ id: 'lecture' })
      const { client } = await join('viewer')
      client.send({ type: 'offer', sdp: OFFER })
      await client.next('answer')
      host.end(host.watched[0]?.sessionId ?? '', reason)
      assert.equal(await client.closed, close)
    })

  test('[SIG28] a viewer hears when pictures were captured', async (t) => {
    const { goLive, join, host } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    client.send({ type: 'offer', sdp: OFFER })
    await client.next('answer')
    host.emit('captureClock', {
      sessionId: host.watched[0]?.sessionId ?? '',
      rtpTimestamp: 90_000,
      capturedAt: 1234,
    })
    assert.deepEqual(await client.next('clock'), { type: 'clock', rtpTimestamp: 90_000, capturedAt: 1234 })
  })

  test('[SIG29] a message addressed to somebody is refused with 4403', async (t) => {
    const { goLive, join, host } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    client.send({ type: 'offer', sdp: OFFER, to: 'somebody' })
    assert.deepEqual(await refusalOf(client), ['not-allowed', 4403])
    assert.equal(host.watched.length, 0)
  })

  test('[SIG30] a client that leaves while it negotiates leaves no session', async (t) => {
    const { goLive, join, host, sessions } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    const gate = Promise.withResolvers<undefined>()
    host.gate = gate.promise
    client.send({ type: 'offer', sdp: OFFER })
    await until(() => host.watched.length !== 0)
    client.close()
    await client.closed
    gate.resolve(undefined)
    await until(() => sessions.size <= 1)
    assert.equal(host.sessions.size, 1)
  })
})

describe('signalling between peers', () => {
  async function setUpCall(t: TestContext) {
    const all = await setUp(t)
    const { broadcast, streamKey } = await all.broadcasts.create({ id: 'lecture', delivery: 'p2p' })
    const joinBroadcaster = () => all.join('broadcaster', { token: streamKey })
    return { ...all, broadcast, streamKey, joinBroadcaster }
  }

  test('[SIG40] the broadcaster being there makes the broadcast live, without any media host', async (t) => {
    const { joinBroadcaster, broadcast, host } = await setUpCall(t)
    const { client, welcome } = await joinBroadcaster()
    assert.equal(welcome['delivery'], 'p2p')
    assert.equal(broadcast.state, 'live')
    assert.equal(host.published.length, 0)

    client.close()
    await client.closed
    await until(() => broadcast.state !== 'live')
    assert.equal(broadcast.state, 'reconnecting')
  })

  test('[SIG41] the broadcaster hears who is here, who comes and who goes, and they are counted', async (t) => {
    const { joinBroadcaster, join, broadcast } = await setUpCall(t)
    const early = await join('viewer')
    const { client } = await joinBroadcaster()
    assert.deepEqual(await client.next('viewer-joined'), { type: 'viewer-joined', peerId: early.peerId })

    const late = await join('viewer')
    assert.deepEqual(await client.next('viewer-joined'), { type: 'viewer-joined', peerId: late.peerId })
    assert.equal(broadcast.viewers, 2)

    early.client.close()
    assert.deepEqual(await client.next('viewer-left'), { type: 'viewer-left', peerId: early.peerId })
    await until(() => broadcast.viewers <= 1)
  })

  test('[SIG42] offer, answer and candidates pass between the broadcaster and one viewer', async (t) => {
    const { joinBroadcaster, join } = await setUpCall(t)
    const broadcaster = await joinBroadcaster()
    const viewer = await join('viewer')
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.7 1000 typ host', sdpMid: '0' }

    broadcaster.client.send({ type: 'offer', sdp: 'offered', to: viewer.peerId })
    assert.deepEqual(await viewer.client.next('offer'), {
      type: 'offer',
      sdp: 'offered',
      from: broadcaster.peerId,
    })
    viewer.client.send({ type: 'answer', sdp: 'answered', to: broadcaster.peerId })
    assert.deepEqual(await broadcaster.client.next('answer'), {
      type: 'answer',
      sdp: 'answered',
      from: viewer.peerId,
    })
    viewer.client.send({ type: 'candidate', candidate })
    assert.deepEqual(await broadcaster.client.next('candidate'), {
      type: 'candidate',
      candidate,
      from: viewer.peerId,
    })
    broadcaster.client.send({ type: 'candidate', candidate: null, to: viewer.peerId })
    assert.deepEqual(await viewer.client.next('candidate'), {
      type: 'candidate',
      candidate: null,
      from: broadcaster.peerId,
    })
  })

  test('[SIG43] a viewer that offers or writes to another viewer is closed with 4403, and nobody hears it', async (t) => {
    const { joinBroadcaster, join } = await setUpCall(t)
    const broadcaster = await joinBroadcaster()
    const other = await join('viewer')
    for (const message of [
      { type: 'offer', sdp: OFFER, to: broadcaster.peerId },
      { type: 'offer', sdp: OFFER, to: other.peerId },
      { type: 'answer', sdp: OFFER, to: other.peerId },
      { type: 'candidate', candidate: null, to: other.peerId },
      { type: 'join', role: 'broadcaster' },
    ]) {
      const viewer = await join('viewer')
      viewer.client.send(message)
      assert.deepEqual(await refusalOf(viewer.client), ['not-allowed', 4403])
    }
    broadcaster.client.close()
    other.client.close()
    const heard = [...(await broadcaster.client.rest()), ...(await other.client.rest())]
    assert.deepEqual([...new Set(heard.map(({ type }) => type))].sort(), [
      'state',
      'viewer-joined',
      'viewer-left',
    ])
  })

  test('[SIG44] the broadcaster may write to its own viewers only', async (t) => {
    const { joinBroadcaster, broadcasts, join } = await setUpCall(t)
    await broadcasts.create({ id: 'other', delivery: 'p2p' })
    const stranger = await join('viewer', { id: 'other' })
    const { client } = await joinBroadcaster()
    for (const to of [stranger.peerId, 'nobody', undefined]) {
      client.send({ type: 'offer', sdp: OFFER, to })
      assert.equal((await client.next('error'))['code'], 'session-not-found')
    }
    stranger.client.close()
    assert.ok((await stranger.client.rest()).every(({ type }) => type === 'state'))
  })

  test('[SIG45] a viewer without a broadcaster is told so', async (t) => {
    const { join } = await setUpCall(t)
    const { client } = await join('viewer')
    client.send({ type: 'answer', sdp: OFFER })
    assert.equal((await client.next('error'))['code'], 'broadcast-not-live')
  })

  test('[SIG46] a broadcaster that returns finds its viewers', async (t) => {
    const { joinBroadcaster, join, broadcast } = await setUpCall(t)
    const first = await joinBroadcaster()
    const viewer = await join('viewer')
    first.client.socket.terminate()
    await until(() => broadcast.state !== 'live')

    const { client } = await joinBroadcaster()

    assert.equal((await client.next('viewer-joined'))['peerId'], viewer.peerId)
    assert.equal(broadcast.state, 'live')
  })

  test('[SIG47] stopping closes everybody with 4410', async (t) => {
    const { joinBroadcaster, join, broadcast, route } = await setUpCall(t)
    const broadcaster = await joinBroadcaster()
    const viewer = await join('viewer')

    await broadcast.stop()

    assert.equal(await broadcaster.client.closed, 4410)
    assert.equal(await viewer.client.closed, 4410)
    await until(() => route.size === 0)
  })

  test('[SIG47] after that the broadcaster may begin again', async (t) => {
    const { joinBroadcaster, broadcast, clock } = await setUpCall(t)
    const first = await joinBroadcaster()
    await broadcast.stop()
    await first.client.closed

    const { client } = await joinBroadcaster()
    clock.advance(2000)

    assert.equal(broadcast.state, 'live')
    assert.equal((await client.next('state'))['state'], 'ended')
    assert.equal((await client.next('state'))['state'], 'live')
  })
})

describe('limits of signalling', () => {
  test('[SIG50] what is no message is an error, and the connection goes on', async (t) => {
    const { open, goLive } = await setUp(t)
    await goLive({ id: 'lecture' })
    const client = await open()
    for (const text of [
      '',
      'hello',
      '[]',
      'null',
      '{}',
      '{"type":"welcome"}',
      '{"type":"join"}',
      '{"type":"join","role":"admin"}',
      '{"type":"join","role":"viewer","token":1}',
      '{"type":"offer"}',
      '{"type":"candidate","candidate":7}',
      '{"type":"answer","sdp":"","to":[]}',
    ]) {
      client.socket.send(text)
      assert.equal((await client.next('error'))['code'], 'bad-request', text)
    }
    client.send({ type: 'join', role: 'viewer' })
    assert.ok(await client.next('welcome'))
  })

  test('[SIG51] a message over 64 KiB is 1009', async (t) => {
    const { open } = await setUp(t)
    const client = await open()
    client.socket.send('a'.repeat(64 * 1024 + 1))
    assert.equal(await client.closed, 1009)
  })

  test('[SIG52] text that is not UTF-8 is 1007, a binary message 1008', async (t) => {
    const { open } = await setUp(t)
    const mangled = await open()
    mangled.socket.send(Buffer.from([0x22, 0xc3, 0x28, 0x22]), { binary: false })
    assert.equal(await mangled.closed, 1007)
    const binary = await open()
    binary.socket.send(Buffer.from('{}'), { binary: true })
    assert.deepEqual(await refusalOf(binary), ['bad-request', 1008])
  })

  test('[SIG53] more than 50 messages in a second are 1008', async (t) => {
    const { open, clock } = await setUp(t)
    const client = await open()
    for (let i = 0; i < 50; i++) client.send({ type: 'candidate', candidate: null })
    for (let i = 0; i < 50; i++) await client.next('error')
    clock.advance(1000)
    client.send({ type: 'candidate', candidate: null })
    await client.next('error')

    for (let i = 0; i < 50; i++) client.send({ type: 'candidate', candidate: null })
    assert.equal(await client.closed, 1008)
  })

  test('[SIG54] a client that answers no ping is gone after 10 seconds', async (t) => {
    const { join, goLive, clock, route } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    client.socket.pause()
    clock.advance(5000)
    assert.equal(route.size, 1)
    clock.advance(5000)
    await until(() => route.size === 0)
    client.socket.resume()
    assert.equal(await client.closed, 1006)
  })

  test('[SIG57] a client that does not read is dropped', async (t) => {
    const { join, broadcasts, clock, route } = await setUp(t)
    const { streamKey } = await broadcasts.create({ id: 'lecture', delivery: 'p2p' })
    const broadcaster = await join('broadcaster', { token: streamKey })
    const viewer = await join('viewer')
    viewer.client.socket.pause()
    const sdp = 'a'.repeat(60_000)

    let told: { readonly [key: string]: unknown } | undefined
    // Sooner than its silence would be noticed.
    for (let second = 0; second < 9 && route.size > 1; second++) {
      clock.advance(1000)
      for (let i = 0; i < 45; i++) broadcaster.client.send({ type: 'offer', sdp, to: viewer.peerId })
      broadcaster.client.send({ type: 'offer', sdp, to: 'nobody' })
      const message = await broadcaster.client.next('error', 'viewer-left')
      if (message.type === 'viewer-left') told = message
    }

    await until(() => route.size === 1)
    viewer.client.socket.resume()
    told ??= await broadcaster.client.next('viewer-left')
    assert.equal(told['peerId'], viewer.peerId)
  })

  test('[SIG55] when the server stops, everybody is closed with 1012', async (t) => {
    const { join, goLive, route, clock } = await setUp(t)
    await goLive({ id: 'lecture' })
    const { client } = await join('viewer')
    const deaf = await join('viewer')
    deaf.client.socket.pause()

    const closing = route[Symbol.asyncDispose]()
    assert.equal(await client.closed, 1012)
    clock.advance(2000)
    await closing

    assert.equal(route.size, 0)
  })

  test('[SIG56] a connection that is over leaves no timer behind', async (t) => {
    const { open, join, goLive, clock } = await setUp(t)
    await goLive({ id: 'lecture' })
    const before = clock.pending
    const { client } = await join('viewer')
    const silent = await open()
    client.close()
    silent.close()
    await Promise.all([client.closed, silent.closed])
    await until(() => clock.pending <= before)
    assert.equal(clock.pending, before)
  })
})
