import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type DoorOptions,
  newApp,
  OFFER,
  OPUS,
  SDP_TYPE,
  setUpDoor,
  settled,
  VP8,
  until,
} from '../../../test/support/webrtc-door.ts'
import { BroadcastError } from '../../core/errors.ts'
import { whepPlugin } from './whep-plugin.ts'

type Method = 'POST' | 'PATCH' | 'DELETE' | 'GET' | 'HEAD' | 'OPTIONS'

const JSON_TYPE = { 'content-type': 'application/json' }
const TRICKLE_TYPE = { 'content-type': 'application/trickle-ice-sdpfrag' }
const FRAGMENT = 'a=ice-ufrag:EsAw\r\na=candidate:1 1 udp 1 192.0.2.7 61764 typ host\r\n'

async function setUp(options: DoorOptions = {}) {
  const door = await setUpDoor(options)
  const app = newApp()
  await app.register(whepPlugin, {
    ...door,
    access: door.watchAccess,
    iceServers: () => [{ urls: ['stun:stun.example.net'] }],
  })
  const send = (method: Method, url: string, headers = {}, payload?: string) =>
    app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  const watch = (id = 'lecture', headers = {}) =>
    send('POST', `/whep/${id}`, { ...SDP_TYPE, ...headers }, OFFER)
  const codeOf = (answer: { json: () => unknown }) => (answer.json() as { code: string }).code
  /** A session and its URL. */
  async function openSession() {
    const answer = await watch()
    const url = String(answer.headers.location)
    return { url, etag: String(answer.headers.etag), sessionId: url.split('/').at(-1) ?? '' }
  }
  return { ...door, app, send, watch, codeOf, openSession }
}

describe('watching by WHEP', () => {
  test('[WHEP1] an offer is answered with 201, a session, its ETag and its Links', async () => {
    const { watch, goLive, host } = await setUp()
    await goLive({ id: 'lecture' })

    const answer = await watch()

    assert.equal(answer.statusCode, 201)
    assert.equal(answer.headers['content-type'], 'application/sdp')
    assert.equal(answer.body, host.answer)
    const location = String(answer.headers.location)
    assert.match(location, /^\/whep\/lecture\/[^/?]+$/)
    assert.match(String(answer.headers.etag), /^"[^"]+"$/)
    assert.deepEqual(answer.headers.link, [
      '<stun:stun.example.net>; rel="ice-server"',
      `<${location}/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="active,inactive,layers,reconnect,viewercount,clock,state"`,
      `<${location}/layer>; rel="urn:ietf:params:whep:ext:core:layer"`,
    ])
    assert.deepEqual(host.watched[0]?.tracks, [VP8, OPUS])
  })

  test('[WHEP2] a viewer counts once it is connected', async () => {
    const { openSession, goLive, host } = await setUp()
    const { broadcast } = await goLive({ id: 'lecture' })
    const { sessionId } = await openSession()
    assert.equal(broadcast.viewers, 0)

    host.connect(sessionId)

    assert.equal(broadcast.viewers, 1)
  })

  test('[WL8] a preview is served and not counted', async () => {
    const { watch, goLive, host } = await setUp()
    const { broadcast } = await goLive({ id: 'lecture' })
    const answer = await watch('lecture?preview')
    assert.equal(answer.statusCode, 201)
    const location = String(answer.headers.location)
    assert.match(location, /^\/whep\/lecture\/[^/?]+$/)

    host.connect(location.split('/').at(-1) ?? '')

    assert.equal(broadcast.viewers, 0)
  })

  test('[WHEP3] before the broadcast begins it is 409 with Retry-After', async () => {
    const { watch, broadcasts, codeOf } = await setUp()
    await broadcasts.create({ id: 'lecture' })
    const answer = await watch()
    assert.equal(answer.statusCode, 409)
    assert.equal(codeOf(answer), 'broadcast-not-live')
    assert.ok(Number(answer.headers['retry-after']) > 0)
  })

  test('[WHEP3] while the media of a live broadcast is not known it is 409 with Retry-After', async () => {
    const { watch, broadcasts, sessions, host } = await setUp()
    const { broadcast } = await broadcasts.create({ id: 'lecture' })
    const { session } = await sessions.publish({ broadcast, door: 'whip', address: '', offer: OFFER })
    host.connect(session.id)
    const answer = await watch()
    assert.equal(answer.statusCode, 409)
    assert.equal(answer.headers['retry-after'], '1')
  })

  test('[WHEP4] after the end it is 409 with Retry-After, and says so', async () => {
    const { watch, goLive, codeOf } = await setUp()
    const { broadcast } = await goLive({ id: 'lecture' })
    await broadcast.stop()
    const answer = await watch()
    assert.equal(answer.statusCode, 409)
    assert.equal(codeOf(answer), 'broadcast-ended')
    assert.ok(answer.headers['retry-after'])
  })

  test('[WHEP5] while the publisher is away a viewer is let in with the tracks it had', async () => {
    const { watch, goLive, host } = await setUp()
    const { broadcast, publisherId } = await goLive({ id: 'lecture' })
    host.end(publisherId, 'failed')
    await settled()
    assert.equal(broadcast.state, 'reconnecting')

    assert.equal((await watch()).statusCode, 201)
    assert.deepEqual(host.watched[0]?.tracks, [VP8, OPUS])
  })

  test('[WHEP6] an unknown broadcast is 404', async () => {
    const { watch, send, codeOf } = await setUp()
    const answer = await watch('unknown')
    assert.equal(answer.statusCode, 404)
    assert.equal(codeOf(answer), 'broadcast-not-found')
    assert.equal((await watch('not%20an%20id')).statusCode, 404)
    assert.equal((await send('HEAD', '/whep/unknown')).statusCode, 404)
  })

  test('[WHEP6] after 20 unknown ids an address is 429', async () => {
    const { watch, goLive } = await setUp()
    await goLive({ id: 'lecture' })
    for (let i = 0; i < 20; i++) assert.equal((await watch(`guess-${i}`)).statusCode, 404)
    const answer = await watch()
    assert.equal(answer.statusCode, 429)
    assert.equal(answer.headers['retry-after'], '60')
  })

  test('[WHEP7] when no codec fits it is 406 and names the codecs of both sides', async () => {
    const { watch, goLive, host, codeOf, sessions } = await setUp()
    await goLive({ id: 'lecture' })
    host.refusal = new BroadcastError('no-common-codec', 'nothing fits')

    const answer = await watch()
    await settled()

    assert.equal(answer.statusCode, 406)
    assert.equal(codeOf(answer), 'no-common-codec')
    const { detail } = answer.json<{ detail: string }>()
    assert.match(detail, /sends VP8, opus; this player takes VP8, opus/)
    assert.equal(sessions.size, 1)
  })

  for (const [code, status] of [
    ['bad-offer', 400],
    ['overloaded', 503],
  ] as const)
    test(`[WHEP8] an offer its host refuses as ${code} is ${status}`, async () => {
      const { watch, goLive, host, codeOf } = await setUp()
      await goLive({ id: 'lecture' })
      host.refusal = new BroadcastError(code, 'for this reason', { retryAfter: 3 })
      const answer = await watch()
      assert.equal(answer.statusCode, status)
      assert.equal(codeOf(answer), code)
      assert.equal(answer.headers['retry-after'], '3')
    })

  test('[WHEP9] another type is 415, no SDP is 400, over 128 KiB is 413', async () => {
    const { send, goLive, host } = await setUp()
    await goLive({ id: 'lecture' })
    assert.equal(
      (await send('POST', '/whep/lecture', { 'content-type': 'text/plain' }, OFFER)).statusCode,
      415,
    )
    assert.equal((await send('POST', '/whep/lecture')).statusCode, 415)
    assert.equal((await send('POST', '/whep/lecture', SDP_TYPE, 'hello')).statusCode, 400)
    assert.equal(
      (await send('POST', '/whep/lecture', SDP_TYPE, `v=0${'a'.repeat(1024 * 1024)}`)).statusCode,
      413,
    )
    assert.equal(host.watched.length, 0)
  })

  test('[WHEP10] a broadcast with p2p delivery is 409', async () => {
    const { watch, broadcasts, codeOf } = await setUp()
    await broadcasts.create({ id: 'lecture', delivery: 'p2p' })
    const answer = await watch()
    assert.equal(answer.statusCode, 409)
    assert.equal(codeOf(answer), 'peer-to-peer-only')
  })

  test('[WHEP11] a viewer that is just negotiating when the broadcast ends gets no session', async () => {
    const { watch, goLive, host, sessions } = await setUp()
    const { broadcast } = await goLive({ id: 'lecture' })
    const gate = Promise.withResolvers<undefined>()
    host.gate = gate.promise
    const watching = watch()
    await settled()
    await broadcast.stop()
    gate.resolve(undefined)

    assert.equal((await watching).statusCode, 409)
    await settled()
    assert.equal(host.sessions.size, 0)
    assert.equal(sessions.size, 0)
  })
})

describe('the right to watch by WHEP', () => {
  test('[WHEP12] a private broadcast is 404, as if there were none, without a token and with a wrong one', async () => {
    const { watch, goLive, viewerToken } = await setUp()
    await goLive({ id: 'lecture', visibility: 'private' })
    const { token } = await viewerToken('lecture')
    const unknown = (await watch('unknown')).json<{ detail: string }>()

    const without = await watch()
    assert.equal(without.statusCode, 404)
    assert.deepEqual(without.json(), unknown)
    const wrong = await watch('lecture', { authorization: `Bearer ${(await viewerToken('other')).token}` })
    assert.deepEqual(wrong.json(), unknown)
    assert.equal((await watch('lecture', { authorization: `Bearer ${token}` })).statusCode, 201)
  })

  test('[WHEP12] its sessions are under the same right', async () => {
    const { watch, goLive, send, viewerToken } = await setUp()
    await goLive({ id: 'lecture', visibility: 'private' })
    const right = { authorization: `Bearer ${(await viewerToken('lecture')).token}` }
    const url = String((await watch('lecture', right)).headers.location)

    assert.equal((await send('DELETE', url, { authorization: 'Bearer guess' })).statusCode, 404)
    assert.equal((await send('DELETE', '/whep/lecture/another')).statusCode, 404)
    assert.equal((await send('DELETE', url, right)).statusCode, 200)
  })

  test('[WHEP14] a viewer token may come in the address; then the session is controlled by its own', async () => {
    const { send, goLive, viewerToken } = await setUp()
    await goLive({ id: 'lecture', visibility: 'private' })
    const { token } = await viewerToken('lecture')
    const answer = await send('POST', `/whep/lecture?token=${token}`, SDP_TYPE, OFFER)

    assert.equal(answer.statusCode, 201)
    assert.equal((await send('DELETE', String(answer.headers.location))).statusCode, 200)
  })

  test('[WHEP15] a token that was taken back or has expired is 401, and whoever watches by it is cut off', async () => {
    const { watch, goLive, viewerToken, shares, clock, sessions } = await setUp()
    await goLive({ id: 'lecture', visibility: 'private' })
    const [revoked, expired] = [await viewerToken('lecture'), await viewerToken('lecture', 60_000)]
    const by = ({ token }: { token: string }) => watch('lecture', { authorization: `Bearer ${token}` })
    for (const token of [revoked, expired]) assert.equal((await by(token)).statusCode, 201)
    assert.equal(sessions.size, 3)

    await shares.revoke('lecture', revoked.id)
    await until(() => sessions.size === 2)
    clock.advance(62_000)
    await until(() => sessions.size === 1)

    for (const token of [revoked, expired]) {
      const answer = await by(token)
      assert.equal(answer.statusCode, 401)
      assert.equal(answer.json<{ code: string }>().code, 'token-expired')
    }
  })

  test('[WHEP13] an unlisted broadcast is for everybody who knows its id', async () => {
    const { watch, goLive } = await setUp()
    await goLive({ id: 'lecture', visibility: 'unlisted' })
    assert.equal((await watch()).statusCode, 201)
  })
})

describe('a WHEP session', () => {
  test('[WHEP20] PATCH: 204, 428, 412, 415, 400, and 422 for an ICE restart', async () => {
    const { openSession, goLive, send, host } = await setUp()
    await goLive({ id: 'lecture' })
    const { url, etag, sessionId } = await openSession()
    const patch = async (headers: object, body: string) =>
      (await send('PATCH', url, headers, body)).statusCode

    assert.equal(await patch({ ...TRICKLE_TYPE, 'if-match': etag }, FRAGMENT), 204)
    assert.equal(await patch(TRICKLE_TYPE, FRAGMENT), 428)
    assert.equal(await patch({ ...TRICKLE_TYPE, 'if-match': '"stale"' }, FRAGMENT), 412)
    assert.equal(await patch({ ...SDP_TYPE, 'if-match': etag }, OFFER), 415)
    assert.equal(await patch({ ...TRICKLE_TYPE, 'if-match': etag }, 'nonsense'), 400)
    assert.equal(
      await patch({ ...TRICKLE_TYPE, 'if-match': '*' }, 'a=ice-ufrag:new1\r\na=ice-pwd:x\r\n'),
      422,
    )
    assert.deepEqual(host.candidates, [{ sessionId, candidates: ['1 1 udp 1 192.0.2.7 61764 typ host'] }])
    assert.ok(host.sessions.has(sessionId))
  })

  test('[WHEP21] DELETE is 200 and 404 afterwards, and the viewer is no longer counted', async () => {
    const { openSession, goLive, send, host } = await setUp()
    const { broadcast } = await goLive({ id: 'lecture' })
    const { url, sessionId } = await openSession()
    host.connect(sessionId)

    assert.equal((await send('DELETE', url)).statusCode, 200)

    assert.equal(broadcast.viewers, 0)
    assert.deepEqual(host.closedSessions, [{ sessionId, reason: 'ended' }])
    assert.equal((await send('DELETE', url)).statusCode, 404)
    assert.equal((await send('PATCH', url, TRICKLE_TYPE, FRAGMENT)).statusCode, 404)
  })

  test('[WHEP22] HEAD and GET on the endpoint say that SDP is spoken', async () => {
    const { send, broadcasts } = await setUp()
    await broadcasts.create({ id: 'lecture' })
    for (const method of ['HEAD', 'GET'] as const) {
      const answer = await send(method, '/whep/lecture')
      assert.equal(answer.statusCode, 200)
      assert.equal(answer.headers['content-type'], 'application/sdp')
      assert.equal(answer.body, '')
    }
  })

  test('[WHEP22] GET on a session is 200 without a body', async () => {
    const { openSession, goLive, send } = await setUp()
    await goLive({ id: 'lecture' })
    const { url, etag } = await openSession()
    const answer = await send('GET', url)
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.headers.etag, etag)
    assert.equal(answer.body, '')
  })

  test('[WHEP23] OPTIONS is 200 everywhere, without a token and without ICE servers', async () => {
    const { send, broadcasts } = await setUp()
    await broadcasts.create({ id: 'lecture', visibility: 'private' })
    for (const [path, header, value] of [
      ['/whep/lecture', 'accept-post', 'application/sdp'],
      ['/whep/lecture/session', 'accept-patch', 'application/trickle-ice-sdpfrag'],
      ['/whep/lecture/session/sse', 'accept-post', 'application/json'],
      ['/whep/lecture/session/layer', 'accept-post', 'application/json'],
      ['/whep/lecture/session/sse/events', 'access-control-allow-origin', '*'],
    ] as const) {
      const { statusCode, headers } = await send('OPTIONS', path)
      assert.equal(statusCode, 200, path)
      assert.equal(headers[header], value, path)
      assert.equal(headers['access-control-allow-origin'], '*')
      assert.match(String(headers['access-control-allow-methods']), /POST.*PATCH.*DELETE/)
      assert.equal(headers.link, undefined)
    }
  })

  test('[WHEP24] every answer, refusals too, may be read by other sites', async () => {
    const { send, watch, goLive } = await setUp()
    await goLive({ id: 'lecture' })
    for (const answer of [await watch(), await watch('unknown'), await send('POST', '/whep/lecture')]) {
      assert.equal(answer.headers['access-control-allow-origin'], '*')
      assert.match(String(answer.headers['access-control-expose-headers']), /Location.*ETag.*Link/)
    }
  })
})

describe('the layers of a WHEP session', () => {
  test('[WHEP25] the player chooses by rid, encodingId or size, and nothing means automatic', async () => {
    const { openSession, goLive, send, host } = await setUp()
    await goLive({ id: 'lecture' })
    const { url, sessionId } = await openSession()
    for (const body of [
      { mediaId: '1', rid: 'l' },
      { encodingId: 'h' },
      { mediaId: '1', maxWidth: 640, maxHeight: 360 },
      {},
    ])
      assert.equal((await send('POST', `${url}/layer`, JSON_TYPE, JSON.stringify(body))).statusCode, 200)

    assert.deepEqual(host.selections, [
      { sessionId, selection: { rid: 'l' } },
      { sessionId, selection: { rid: 'h' } },
      { sessionId, selection: { maxWidth: 640, maxHeight: 360 } },
      { sessionId, selection: {} },
    ])
  })

  test('[WHEP26] a layer, medium or size that cannot be is 400', async () => {
    const { openSession, goLive, send, host } = await setUp()
    await goLive({ id: 'lecture' })
    const { url } = await openSession()
    for (const body of [
      '{"rid":"x"}',
      '{"mediaId":"0"}',
      '{"maxWidth":0}',
      '{"maxHeight":"tall"}',
      '[]',
      '{',
    ])
      assert.equal((await send('POST', `${url}/layer`, JSON_TYPE, body)).statusCode, 400, body)
    assert.deepEqual(host.selections, [])
  })
})
