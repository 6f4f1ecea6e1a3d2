import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type DoorOptions,
  newApp,
  OFFER,
  SDP_TYPE,
  setUpDoor,
  settled,
} from '../../../test/support/webrtc-door.ts'
import type { IceServer } from '../../core/ice-server.ts'
import { BroadcastError } from '../../core/errors.ts'
import { whipPlugin } from './whip-plugin.ts'

const FRAGMENT = [
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0',
  'a=mid:0',
  'a=candidate:1387637174 1 udp 2122260223 192.0.2.7 61764 typ host generation 0 ufrag EsAw network-id 1',
  'a=candidate:3471623853 1 udp 2122194687 8f0c2a3e.local 61765 typ host generation 0 ufrag EsAw',
  'a=end-of-candidates',
  '',
].join('\r\n')
const TRICKLE_TYPE = { 'content-type': 'application/trickle-ice-sdpfrag' }

type Method = 'POST' | 'PATCH' | 'DELETE' | 'GET' | 'HEAD'

async function setUp({
  iceServers = [],
  basePath = '',
  ...options
}: DoorOptions & {
  iceServers?: readonly IceServer[]
  basePath?: string
} = {}) {
  const door = await setUpDoor(options)
  const app = newApp()
  await app.register(whipPlugin, { ...door, iceServers: () => iceServers, basePath })
  const { broadcast, streamKey } = await door.broadcasts.create({ id: 'lecture' })
  const bearer = { authorization: `Bearer ${streamKey}` }
  const send = (method: Method, url: string, headers = {}, payload?: string) =>
    app.inject({
      method,
      url,
      headers: { ...bearer, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
  const publish = (headers = {}) => send('POST', '/whip/lecture', { ...SDP_TYPE, ...headers }, OFFER)
  /** A session and its URL. */
  async function openSession() {
    const answer = await publish()
    const url = String(answer.headers.location)
    return { url, etag: String(answer.headers.etag), sessionId: url.split('/').at(-1) ?? '' }
  }
  return { ...door, app, broadcast, streamKey, send, publish, openSession }
}

describe('publishing by WHIP', () => {
  test('[WHIP1] an offer is answered with 201, a session and its ETag', async () => {
    const { publish, host } = await setUp()

    const answer = await publish()

    assert.equal(answer.statusCode, 201)
    assert.equal(answer.headers['content-type'], 'application/sdp')
    assert.equal(answer.body, host.answer)
    assert.match(String(answer.headers.location), /^\/whip\/lecture\/[^/?]+$/)
    assert.match(String(answer.headers.etag), /^"[^"]+"$/)
    assert.equal(host.published[0]?.offer, OFFER)
    assert.equal(answer.headers.link, undefined)
  })

  test('[WHIP1] the session lives below the path of the public URL', async () => {
    const { publish } = await setUp({ basePath: '/live' })
    assert.match(String((await publish()).headers.location), /^\/live\/whip\/lecture\//)
  })

  test('[WHIP2] ICE servers are told in Link headers, with their short-lived login', async () => {
    const { publish } = await setUp({
      iceServers: [
        { urls: ['stun:stun.example.net'] },
        {
          urls: ['turn:turn.example.net?transport=udp', 'turns:turn.example.net'],
          username: '17:a"b',
          credential: 's',
        },
      ],
    })

    assert.deepEqual((await publish()).headers.link, [
      '<stun:stun.example.net>; rel="ice-server"',
      '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="17:a\\"b"; credential="s"; credential-type="password"',
      '<turns:turn.example.net>; rel="ice-server"; username="17:a\\"b"; credential="s"; credential-type="password"',
    ])
  })

  test('[WHIP3] anything but application/sdp is 415', async () => {
    const { send } = await setUp()
    for (const type of [
      'text/plain',
      'application/json',
      'application/trickle-ice-sdpfrag',
      'application/sdpx',
    ]) {
      const answer = await send('POST', '/whip/lecture', { 'content-type': type }, '{"a":1}')
      assert.equal(answer.statusCode, 415, type)
      assert.equal(answer.json<{ code: string }>().code, 'wrong-content-type')
    }
    assert.equal((await send('POST', '/whip/lecture')).statusCode, 415)
    assert.equal(
      (await send('POST', '/whip/lecture', { 'content-type': 'Application/SDP; charset=utf-8' }, OFFER))
        .statusCode,
      201,
    )
  })

  test('[WHIP4] what is no SDP is 400', async () => {
    const { send } = await setUp()
    for (const body of ['', 'hello', '{}'])
      assert.equal((await send('POST', '/whip/lecture', SDP_TYPE, body)).statusCode, 400)
  })

  for (const [code, status] of [
    ['bad-offer', 400],
    ['unsupported-media', 422],
    ['overloaded', 503],
  ] as const)
    test(`[WHIP5] an offer its host refuses as ${code} is ${status}, and no session is left`, async () => {
      const { publish, host, sessions, broadcast } = await setUp()
      host.refusal = new BroadcastError(code, 'for this reason', { retryAfter: 3 })

      const answer = await publish()
      await settled()

      assert.equal(answer.statusCode, status)
      assert.equal(answer.headers['content-type'], 'application/problem+json')
      assert.deepEqual(answer.json(), {
        type: 'about:blank',
        title: { 400: 'Bad Request', 422: 'Unprocessable Entity', 503: 'Service Unavailable' }[status],
        status,
        code,
        detail: 'for this reason',
      })
      assert.equal(answer.headers['retry-after'], '3')
      assert.equal(sessions.size, 0)
      assert.equal(broadcast.publisher, undefined)
    })

  test('[WHIP6] an offer over 128 KiB is 413', async () => {
    const { send, host } = await setUp()
    const padded = (size: number) => OFFER + 'a'.repeat(size - OFFER.length)

    assert.equal((await send('POST', '/whip/lecture', SDP_TYPE, padded(128 * 1024 + 1))).statusCode, 413)
    assert.equal((await send('POST', '/whip/lecture', SDP_TYPE, padded(1024 * 1024))).statusCode, 413)
    assert.equal(host.published.length, 0)
    assert.equal((await send('POST', '/whip/lecture', SDP_TYPE, padded(128 * 1024))).statusCode, 201)
  })

  test('[WHIP7] a second publisher is 409 while the first is live', async () => {
    const { publish, openSession, host } = await setUp()
    host.connect((await openSession()).sessionId)

    const answer = await publish()

    assert.equal(answer.statusCode, 409)
    assert.equal(answer.json<{ code: string }>().code, 'broadcast-taken')
    assert.ok(answer.headers['retry-after'])
  })

  test('[WHIP8] a broadcast between browsers only cannot be published by WHIP', async () => {
    const { send, broadcasts } = await setUp()
    const { streamKey } = await broadcasts.create({ id: 'call', delivery: 'p2p' })
    const answer = await send(
      'POST',
      '/whip/call',
      { ...SDP_TYPE, authorization: `Bearer ${streamKey}` },
      OFFER,
    )
    assert.equal(answer.statusCode, 409)
    assert.equal(answer.json<{ code: string }>().code, 'peer-to-peer-only')
  })

  test('[WHIP9] an ended broadcast may be published again', async () => {
    const { publish, openSession, host, broadcast } = await setUp()
    host.connect((await openSession()).sessionId)
    await broadcast.stop()

    const answer = await publish()
    host.connect(String(answer.headers.location).split('/').at(-1) ?? '')

    assert.equal(answer.statusCode, 201)
    assert.equal(broadcast.state, 'live')
  })
})

describe('the right to publish by WHIP', () => {
  test('[WHIP10] without the right key it is 401, in the same words for an unknown id', async () => {
    const { send } = await setUp()
    const wrong = await send('POST', '/whip/lecture', { ...SDP_TYPE, authorization: 'Bearer wrong' }, OFFER)
    const unknown = await send('POST', '/whip/unknown', { ...SDP_TYPE, authorization: 'Bearer wrong' }, OFFER)
    const basic = await send('POST', '/whip/lecture', { ...SDP_TYPE, authorization: 'Basic a2V5' }, OFFER)

    for (const answer of [wrong, unknown, basic]) {
      assert.equal(answer.statusCode, 401)
      assert.equal(answer.headers['www-authenticate'], 'Bearer')
      assert.equal(answer.body, wrong.body)
    }
  })

  test('[WHIP10] without any key it is 401', async () => {
    const { app } = await setUp()
    const answer = await app.inject({
      method: 'POST',
      url: '/whip/lecture',
      headers: SDP_TYPE,
      payload: OFFER,
    })
    assert.equal(answer.statusCode, 401)
    assert.equal(answer.headers['www-authenticate'], 'Bearer')
  })

  test('[WHIP11] in open mode no key is needed, and an unknown id is created', async () => {
    const { app, host, broadcasts } = await setUp({ open: true })
    const answer = await app.inject({
      method: 'POST',
      url: '/whip/new-one',
      headers: SDP_TYPE,
      payload: OFFER,
    })
    assert.equal(answer.statusCode, 201)
    const url = String(answer.headers.location)

    host.connect(url.split('/').at(-1) ?? '')
    assert.equal((await broadcasts.get('new-one')).state, 'live')
    assert.equal((await app.inject({ method: 'DELETE', url })).statusCode, 200)
  })

  test('[WHIP12] in open mode a key that is given must be right', async () => {
    const { app, broadcasts } = await setUp({ open: true })
    for (const url of ['/whip/lecture', '/whip/new-one']) {
      const headers = { ...SDP_TYPE, authorization: 'Bearer wrong' }
      assert.equal((await app.inject({ method: 'POST', url, headers, payload: OFFER })).statusCode, 401)
    }
    assert.equal(await broadcasts.find('new-one'), undefined)
  })

  test('[WHIP12] in open mode an id still has its shape', async () => {
    const { app } = await setUp({ open: true })
    const answer = await app.inject({ method: 'POST', url: '/whip/a%2Fb', headers: SDP_TYPE, payload: OFFER })
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json<{ code: string }>().code, 'bad-id')
  })

  test('[WHIP13] in open mode a page of another site needs the key', async () => {
    const { app } = await setUp({ open: true })
    const post = (origin: string) =>
      app.inject({
        method: 'POST',
        url: '/whip/lecture',
        headers: { ...SDP_TYPE, host: '127.0.0.1:8000', origin },
        payload: OFFER,
      })

    assert.equal((await post('https://evil.example')).statusCode, 401)
    assert.equal((await post('null')).statusCode, 401)
    assert.equal((await post('http://127.0.0.1:8000')).statusCode, 201)
  })

  test('[WHIP14] after 20 wrong keys an address is 429 for the rest of the minute', async () => {
    const { send, publish, clock } = await setUp()
    for (let i = 0; i < 20; i++)
      assert.equal(
        (await send('POST', '/whip/lecture', { ...SDP_TYPE, authorization: `Bearer ${i}` }, OFFER))
          .statusCode,
        401,
      )

    clock.advance(30_000)
    const answer = await publish()
    assert.equal(answer.statusCode, 429)
    assert.equal(answer.headers['retry-after'], '30')

    clock.advance(30_000)
    assert.equal((await publish()).statusCode, 201)
  })
})

describe('a WHIP session', () => {
  test('[WHIP20] candidates are 204 without an ETag, and reach the host', async () => {
    const { openSession, send, host } = await setUp()
    const { url, etag, sessionId } = await openSession()

    const answer = await send('PATCH', url, { ...TRICKLE_TYPE, 'if-match': etag }, FRAGMENT)

    assert.equal(answer.statusCode, 204)
    assert.equal(answer.headers.etag, undefined)
    assert.deepEqual(host.candidates, [
      {
        sessionId,
        candidates: [
          '1387637174 1 udp 2122260223 192.0.2.7 61764 typ host generation 0 ufrag EsAw network-id 1',
          '3471623853 1 udp 2122194687 8f0c2a3e.local 61765 typ host generation 0 ufrag EsAw',
        ],
      },
    ])
  })

  test('[WHIP20] a fragment without candidates is 204 as well', async () => {
    const { openSession, send } = await setUp()
    const { url, etag } = await openSession()
    const answer = await send(
      'PATCH',
      url,
      { ...TRICKLE_TYPE, 'if-match': etag },
      'a=ice-ufrag:EsAw\na=end-of-candidates',
    )
    assert.equal(answer.statusCode, 204)
  })

  test('[WHIP21] without If-Match it is 428', async () => {
    const { openSession, send } = await setUp()
    const { url } = await openSession()
    assert.equal((await send('PATCH', url, TRICKLE_TYPE, FRAGMENT)).statusCode, 428)
  })

  test('[WHIP22] a stale or weak ETag is 412', async () => {
    const { openSession, send } = await setUp()
    const { url, etag } = await openSession()
    for (const stale of ['"other"', `W/${etag}`, ''])
      assert.equal(
        (await send('PATCH', url, { ...TRICKLE_TYPE, 'if-match': stale }, FRAGMENT)).statusCode,
        412,
      )
    assert.equal(
      (await send('PATCH', url, { ...TRICKLE_TYPE, 'if-match': `"other", ${etag}` }, FRAGMENT)).statusCode,
      204,
    )
  })

  for (const any of ['*', '"*"'])
    test(`[WHIP23] an ICE restart with If-Match ${any} is 422, and the session lives on`, async () => {
      const { openSession, send, host } = await setUp()
      const { url, etag, sessionId } = await openSession()
      const restart = 'a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n'

      const answer = await send('PATCH', url, { ...TRICKLE_TYPE, 'if-match': any }, restart)

      assert.equal(answer.statusCode, 422)
      assert.equal(answer.json<{ code: string }>().code, 'ice-restart-unsupported')
      assert.ok(host.sessions.has(sessionId))
      assert.equal(
        (await send('PATCH', url, { ...TRICKLE_TYPE, 'if-match': etag }, FRAGMENT)).statusCode,
        204,
      )
    })

  test('[WHIP24] another type is 415 and a malformed fragment is 400', async () => {
    const { openSession, send } = await setUp()
    const { url, etag } = await openSession()
    const patch = (type: string, body: string) =>
      send('PATCH', url, { 'content-type': type, 'if-match': etag }, body)

    assert.equal((await patch('application/sdp', OFFER)).statusCode, 415)
    assert.equal((await patch('text/plain', FRAGMENT)).statusCode, 415)
    for (const body of [
      '',
      'nonsense',
      'a=candidate:',
      'a=candidate:1 1 udp 1 host',
      `a=candidate:${'1'.repeat(600)}`,
    ])
      assert.equal((await patch(TRICKLE_TYPE['content-type'], body)).statusCode, 400, body)
    assert.equal((await patch(TRICKLE_TYPE['content-type'], FRAGMENT.repeat(60))).statusCode, 413)
  })

  test('[WHIP25] more than 100 candidates are 429', async () => {
    const { openSession, send, host } = await setUp()
    const { url, etag } = await openSession()
    const fragment = (from: number) =>
      Array.from({ length: 60 }, (_, i) => `a=candidate:1 1 udp 1 192.0.2.7 ${from + i} typ host`).join('\n')
    const patch = (from: number) => send('PATCH', url, { ...TRICKLE_TYPE, 'if-match': etag }, fragment(from))

    assert.equal((await patch(1000)).statusCode, 204)
    assert.equal((await patch(2000)).statusCode, 429)
    assert.equal(host.candidates.length, 1)
  })

  test('[WHIP26] DELETE is 200, ignores If-Match, and is 404 afterwards', async () => {
    const { openSession, send, host } = await setUp()
    const { url, sessionId, etag } = await openSession()

    assert.equal((await send('DELETE', url, { 'if-match': '"other"' })).statusCode, 200)

    assert.deepEqual(host.closedSessions, [{ sessionId, reason: 'ended' }])
    assert.equal((await send('DELETE', url)).statusCode, 404)
    assert.equal((await send('PATCH', url, { ...TRICKLE_TYPE, 'if-match': etag }, FRAGMENT)).statusCode, 404)
    assert.equal((await send('GET', url)).statusCode, 404)
  })

  test('[WHIP26] DELETE with the Content-Type of a body that does not come is 200', async () => {
    const { openSession, send } = await setUp()
    const { url } = await openSession()
    assert.equal((await send('DELETE', url, { ...SDP_TYPE, 'content-length': '0' })).statusCode, 200)
  })

  test('[WHIP27] every request needs the key: none is 401, another one is 403', async () => {
    const { openSession, app, broadcasts, host } = await setUp()
    const { url, etag, sessionId } = await openSession()
    const { streamKey } = await broadcasts.create({ id: 'other' })

    for (const [method, path] of [
      ['PATCH', url],
      ['DELETE', url],
      ['GET', url],
      ['POST', `${url}/clock`],
    ] as const)
      for (const [authorization, status] of [
        [undefined, 401],
        [`Bearer ${streamKey}`, 403],
      ] as const) {
        const answer = await app.inject({
          method,
          url: path,
          headers: {
            'if-match': etag,
            ...(method === 'PATCH' ? TRICKLE_TYPE : {}),
            ...(authorization ? { authorization } : {}),
          },
          ...(method === 'PATCH' ? { payload: FRAGMENT } : {}),
          ...(method === 'POST' ? { payload: { offset: 1 } } : {}),
        })
        assert.equal(answer.statusCode, status, `${method} ${authorization}`)
      }
    assert.ok(host.sessions.has(sessionId))
  })

  test('[WHIP28] it is found under its own broadcast only', async () => {
    const { openSession, send, broadcasts } = await setUp()
    const { sessionId } = await openSession()
    const { streamKey } = await broadcasts.create({ id: 'other' })
    const answer = await send('DELETE', `/whip/other/${sessionId}`, { authorization: `Bearer ${streamKey}` })
    assert.equal(answer.statusCode, 404)
    assert.equal(answer.json<{ code: string }>().code, 'session-not-found')
  })

  test('[WHIP29] the publisher tells the offset of its clock', async () => {
    const { openSession, send, host } = await setUp()
    const { url, sessionId } = await openSession()
    const post = (payload: string) =>
      send('POST', `${url}/clock`, { 'content-type': 'application/json' }, payload)

    assert.equal((await post('{"offset":-12.5}')).statusCode, 204)
    assert.deepEqual(host.clockOffsets, [{ sessionId, offset: -12.5 }])
    for (const wrong of ['{}', '{"offset":"soon"}', '[]', '{"offset":', '{"__proto__":{"offset":1}}'])
      assert.equal((await post(wrong)).statusCode, 400, wrong)
  })
})

describe('WHIP for browsers and the curious', () => {
  test('[WHIP30] GET and HEAD are 200 without a body', async () => {
    const { openSession, send } = await setUp()
    const { url } = await openSession()
    for (const method of ['GET', 'HEAD'] as const)
      for (const path of ['/whip/lecture', url]) {
        const answer = await send(method, path)
        assert.equal(answer.statusCode, 200)
        assert.equal(answer.body, '')
      }
  })

  test('[WHIP30] GET on the endpoint needs the key, and creates nothing', async () => {
    const { app } = await setUp()
    assert.equal((await app.inject('/whip/lecture')).statusCode, 401)
    const open = await setUp({ open: true })
    assert.equal((await open.app.inject('/whip/new-one')).statusCode, 200)
    assert.equal(await open.broadcasts.find('new-one'), undefined)
  })

  test('[WHIP31] OPTIONS says what is accepted, asks for no key and tells no ICE servers', async () => {
    const { app, openSession } = await setUp({ iceServers: [{ urls: ['stun:stun.example.net'] }] })
    const { url } = await openSession()

    const endpoint = await app.inject({ method: 'OPTIONS', url: '/whip/lecture' })
    const session = await app.inject({ method: 'OPTIONS', url })

    assert.equal(endpoint.statusCode, 200)
    assert.equal(endpoint.headers['accept-post'], 'application/sdp')
    assert.equal(session.headers['accept-patch'], 'application/trickle-ice-sdpfrag')
    for (const { headers } of [endpoint, session]) {
      assert.equal(headers['access-control-allow-origin'], '*')
      for (const method of ['POST', 'PATCH', 'DELETE', 'GET', 'HEAD'])
        assert.ok(String(headers['access-control-allow-methods']).includes(method))
      for (const header of ['Authorization', 'Content-Type', 'If-Match'])
        assert.ok(String(headers['access-control-allow-headers']).includes(header))
      assert.equal(headers.link, undefined)
    }
  })

  test('[WHIP32] every answer, refusals too, may be read by other sites', async () => {
    const { publish, send, app } = await setUp()
    const answers = [
      await publish(),
      await send('POST', '/whip/lecture', { 'content-type': 'text/plain' }, 'x'),
      await send('POST', '/whip/lecture', SDP_TYPE, 'x'.repeat(200_000)),
      await app.inject({ method: 'DELETE', url: '/whip/lecture/unknown' }),
    ]
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [201, 415, 413, 401],
    )
    for (const { headers } of answers) {
      assert.equal(headers['access-control-allow-origin'], '*')
      for (const header of ['Location', 'ETag', 'Link'])
        assert.ok(String(headers['access-control-expose-headers']).includes(header))
    }
  })
})
