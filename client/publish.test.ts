import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { FakeBrowser, type FakeRequest, settle } from '../test/support/fake-browser.ts'
import { FakeStream, FakeTrack } from '../test/support/fake-media.ts'
import { publish } from './publish.ts'
import type { PublicationState, PublishOptions, StateChange } from './publication.ts'

const URL_OF_A = 'https://live.example/whip/a'
const SESSION = '/whip/a/session-1'

function answerAll({ method, url }: FakeRequest): Response {
  if (url.endsWith('/api/time')) return Response.json({ now: 1000 })
  if (method === 'POST' && url === URL_OF_A)
    return new Response('v=0\r\n', { status: 201, headers: { location: SESSION, etag: '"e1"' } })
  return new Response(null, { status: 204 })
}

function setUp(t: TestContext, options: PublishOptions = {}) {
  const browser = new FakeBrowser(t)
  browser.answer = answerAll
  const camera = new FakeTrack('video', { width: 1280, height: 720 })
  const microphone = new FakeTrack('audio')
  const changes: StateChange<PublicationState>[] = []
  const publication = publish(URL_OF_A, new FakeStream([camera, microphone]).asStream(), {
    key: 'the-key',
    ...options,
    onState: (change) => changes.push(change),
  })
  browser.owns(publication)
  return {
    browser,
    camera,
    microphone,
    changes,
    publication,
    states: () => changes.map(({ state }) => state),
  }
}

async function live(t: TestContext, options: PublishOptions = {}) {
  const set = setUp(t, options)
  await settle()
  set.browser.peer.become('connected')
  await settle()
  assert.equal(set.publication.state, 'live')
  return set
}

describe('publish', () => {
  test('[CL1] the offer is sent at once, as SDP and with the key', async (t) => {
    const { browser, publication } = setUp(t)
    await settle()

    const [request] = browser.requests
    assert.equal(request?.method, 'POST')
    assert.equal(request.url, URL_OF_A)
    assert.equal(request.headers['content-type'], 'application/sdp')
    assert.equal(request.headers['authorization'], 'Bearer the-key')
    assert.equal(request.body, browser.peer.localDescription?.sdp)
    assert.equal(browser.peer.remoteDescription?.type, 'answer')
    assert.equal(publication.state, 'connecting')
  })

  test('[CL2] it is live once it is connected', async (t) => {
    const { states } = await live(t)

    assert.deepEqual(states(), ['live'])
  })

  test('[CL3] a key that is a function is asked for each request', async (t) => {
    let asked = 0
    const { browser, publication } = await live(t, { key: async () => `key-${++asked}` })
    await publication.close()

    assert.equal(browser.requests[0]?.headers['authorization'], 'Bearer key-1')
    assert.notEqual(browser.requestsOf('DELETE')[0]?.headers['authorization'], 'Bearer key-1')
  })

  for (const status of [400, 401, 403, 404, 406, 410, 413, 415, 422])
    test(`[CL4] ${status} is final and has a reason to read`, async (t) => {
      const { browser, publication } = setUp(t)
      browser.answer = () => new Response(null, { status })

      assert.equal(await publication.closed, 'failed')
      await browser.pass(60_000)
      assert.equal(browser.requestsOf('POST').length, 1)
      assert.match(publication.problem?.message ?? '', /^[A-Z].*\.$/)
      assert.equal(browser.peer.closed, true)
    })

  test('[CL5] problem details name the reason', async (t) => {
    const { browser, publication } = setUp(t)
    const headers = { 'content-type': 'application/problem+json' }
    const problem = { code: 'unsupported-media', detail: 'Two video tracks.' }
    browser.answer = () => new Response(JSON.stringify(problem), { status: 422, headers })
    await publication.closed

    assert.equal(publication.problem?.code, 'unsupported-media')
    assert.equal(publication.problem.message, 'Two video tracks.')
  })

  test('[CL4] an answer that is not SDP is final', async (t) => {
    const { browser, publication } = setUp(t)
    browser.answer = () => new Response('<!doctype html>')

    assert.equal(await publication.closed, 'failed')
    assert.equal(publication.problem?.code, 'not-sdp')
  })

  for (const trouble of [408, 425, 429, 500, 502, 503, 'no answer'] as const)
    test(`[CL6] ${trouble} is tried again`, async (t) => {
      const { browser, publication, changes } = setUp(t)
      browser.answer = () =>
        trouble === 'no answer' ? new TypeError('failed to fetch') : new Response(null, { status: trouble })
      await settle()
      assert.equal(changes[0]?.state, 'connecting')
      assert.equal(changes[0].retryIn, 250)
      browser.answer = answerAll
      await browser.pass(250)
      browser.peer.become('connected')
      await settle()

      assert.equal(publication.state, 'live')
      assert.equal(publication.problem, undefined)
    })

  test('[CL6] 409 is tried again when the server says after how long, and then not earlier', async (t) => {
    const { browser } = setUp(t)
    browser.answer = () => new Response(null, { status: 409, headers: { 'retry-after': '2' } })
    await browser.pass(1999)
    assert.equal(browser.requestsOf('POST').length, 1)
    await browser.pass(501)

    assert.equal(browser.requestsOf('POST').length, 2)
  })

  test('[CL6] 409 without a time is final', async (t) => {
    const { browser, publication } = setUp(t)
    browser.answer = () => new Response(null, { status: 409 })

    assert.equal(await publication.closed, 'failed')
  })

  test('[CL7] a server that does not answer is given up after ten seconds, and tried again', async (t) => {
    const { browser, changes } = setUp(t)
    browser.answer = () => new Promise(() => undefined)
    await browser.pass(10_000)

    assert.equal(changes[0]?.problem?.code, 'timeout')
    assert.equal(changes[0].retryIn, 250)
  })

  test('[CL8] a connection that does not come up within ten seconds is tried again', async (t) => {
    const { browser, changes } = setUp(t)
    await browser.pass(10_000)
    assert.equal(changes[0]?.problem?.code, 'connect-timeout')
    assert.equal(browser.requestsOf('DELETE').length, 1)
    await browser.pass(250)

    assert.equal(browser.peers.length, 2)
    assert.equal(browser.peers[0]?.closed, true)
  })

  test('[CL9] a short gap is waited for, one of two seconds is a loss', async (t) => {
    const { browser, publication } = await live(t)
    browser.peer.become('disconnected')
    await browser.pass(1900)
    browser.peer.become('connected')
    await browser.pass(5000)
    assert.equal(publication.state, 'live')

    browser.peer.become('disconnected')
    await browser.pass(2000)
    assert.equal(publication.state, 'reconnecting')
    await browser.pass(250)
    browser.peer.become('connected')
    await settle()

    assert.equal(publication.state, 'live')
    assert.equal(browser.peers.length, 2)
  })

  test('[CL10] a failed connection and a goodbye are losses at once', async (t) => {
    const { browser, publication } = await live(t)
    browser.peer.become('failed')
    await settle()
    assert.equal(publication.state, 'reconnecting')
    await browser.pass(250)
    browser.peer.become('connected')
    await settle()

    browser.peer.transport.close()
    await settle()
    assert.equal(publication.state, 'reconnecting')
    assert.equal(publication.problem?.code, 'closed-by-remote')
  })

  test('[CL11] a connection that lasted starts the back-off anew', async (t) => {
    const { browser, changes } = setUp(t)
    browser.answer = () => new Response(null, { status: 503 })
    for (const wait of [250, 500, 1000]) await browser.pass(wait)
    assert.deepEqual(
      changes.map(({ retryIn, attempt }) => [retryIn, attempt]),
      [
        [250, 1],
        [500, 2],
        [1000, 3],
        [2000, 4],
      ],
    )
    browser.answer = answerAll
    await browser.pass(2000)
    browser.peer.become('connected')
    await browser.pass(2000)
    browser.peer.become('failed')
    await settle()

    assert.equal(changes.at(-1)?.retryIn, 250)
  })

  test('[CL12] a wait ends when the device comes online or changes its network', async (t) => {
    const { browser } = setUp(t)
    browser.answer = () => new TypeError('failed to fetch')
    await settle()
    browser.page.dispatchEvent(new Event('online'))
    await settle()
    assert.equal(browser.requests.length, 2)
    browser.network.dispatchEvent(new Event('change'))
    await settle()

    assert.equal(browser.requests.length, 3)
  })

  test('[CL13] after a change of network, a silent connection is lost and a living one is kept', async (t) => {
    const { browser, publication } = await live(t)
    const pair = { id: 'p', type: 'candidate-pair', bytesReceived: 10 }
    browser.peer.stats = [pair]
    browser.network.dispatchEvent(new Event('change'))
    await settle()
    pair.bytesReceived = 20
    await browser.pass(2200)
    assert.equal(publication.state, 'live')

    browser.network.dispatchEvent(new Event('change'))
    await browser.pass(2200)
    assert.equal(publication.state, 'reconnecting')
  })

  test('[CL14] a lost session is deleted before the next one asks for its place', async (t) => {
    const { browser } = await live(t)
    browser.peer.become('failed')
    await browser.pass(250)

    const order = browser.requests.filter(({ url }) => !url.includes('/api/') && !url.endsWith('/clock'))
    assert.deepEqual(
      order.map(({ method }) => method),
      ['POST', 'DELETE', 'POST'],
    )
  })

  test('[CL15] closing says goodbye before it hangs up, once, and leaves the tracks running', async (t) => {
    const { browser, publication, camera, states } = await live(t)
    let hungUp: boolean | undefined
    browser.answer = () => {
      hungUp = browser.peer.closed
      return new Response(null)
    }
    await Promise.all([publication.close(), publication.close()])

    const [goodbye] = browser.requestsOf('DELETE')
    assert.equal(browser.requestsOf('DELETE').length, 1)
    assert.equal(goodbye?.url, `https://live.example${SESSION}`)
    assert.equal(goodbye.keepalive, true)
    assert.equal(hungUp, false)
    assert.equal(browser.peer.closed, true)
    assert.equal(camera.readyState, 'live')
    assert.equal(await publication.closed, 'ended')
    assert.deepEqual(states(), ['live', 'ended'])
  })

  test('[CL15] a signal closes it, also one that was aborted before', async (t) => {
    const abort = new AbortController()
    const { publication } = await live(t, { signal: abort.signal })
    abort.abort()
    assert.equal(await publication.closed, 'ended')

    const stillborn = publish(URL_OF_A, new FakeStream().asStream(), { signal: AbortSignal.abort() })
    assert.equal(await stillborn.closed, 'ended')
  })

  test('[CL16] a page that goes says goodbye, and comes back if it is shown again', async (t) => {
    const { browser, publication } = await live(t)
    browser.page.dispatchEvent(new Event('pagehide'))
    assert.equal(browser.requestsOf('DELETE')[0]?.keepalive, true)
    await browser.pass(250)
    browser.peer.become('connected')
    await settle()

    assert.equal(publication.state, 'live')
  })

  test('[CL17] a listener that throws disturbs nothing', async (t) => {
    const thrown: unknown[] = []
    const browser = new FakeBrowser(t)
    browser.answer = answerAll
    const publication = publish(URL_OF_A, new FakeStream([new FakeTrack('audio')]).asStream(), {
      onState: () => {
        throw new Error('careless')
      },
    })
    await settle()
    browser.peer.become('connected')
    await settle()
    try {
      await browser.pass(1)
    } catch (error) {
      thrown.push(error)
    }

    assert.equal(publication.state, 'live')
    assert.equal(thrown.length, 1)
    await publication.close()
  })

  test('[CL18] the ICE servers of an answer serve the next connection', async (t) => {
    const { browser } = setUp(t)
    const link = '<turn:relay.example>; rel="ice-server"; username="u"; credential="c"'
    browser.answer = () => new Response('v=0', { status: 201, headers: { location: SESSION, link } })
    await browser.pass(10_000)
    await browser.pass(250)

    assert.deepEqual(browser.peer.configuration.iceServers, [
      { urls: 'turn:relay.example', username: 'u', credential: 'c' },
    ])
  })

  test('[CL19] candidates are sent when there is a relay, together and for this session', async (t) => {
    const { browser } = setUp(t, { iceServers: [{ urls: 'turn:relay.example' }] })
    await settle()
    browser.peer.find('candidate:1 1 udp 1 192.0.2.1 5 typ relay')
    browser.peer.find(null)
    await browser.pass(50)

    const patches = browser.requestsOf('PATCH')
    assert.equal(patches.length, 1)
    assert.equal(patches[0]?.headers['if-match'], '"e1"')
    assert.equal(patches[0].headers['content-type'], 'application/trickle-ice-sdpfrag')
    assert.deepEqual(patches[0].body.trim().split('\r\n'), [
      'a=ice-ufrag:me',
      'a=ice-pwd:secret',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=mid:0',
      'a=candidate:1 1 udp 1 192.0.2.1 5 typ relay',
      'a=end-of-candidates',
    ])
  })

  test('[CL19] without a relay no candidate is sent', async (t) => {
    const { browser } = setUp(t, { iceServers: [{ urls: 'stun:stun.example' }] })
    await settle()
    browser.peer.find('candidate:1 1 udp 1 192.0.2.1 5 typ host')
    await browser.pass(1000)

    assert.equal(browser.requestsOf('PATCH').length, 0)
  })

  test('[CL25] what the server lost is connected anew at once', async (t) => {
    const { browser, publication } = await live(t)
    const [events] = browser.eventSources
    assert.equal(events?.url, 'https://live.example/api/events?broadcast=a')
    events.say('list', { broadcasts: [{ id: 'a', state: 'reconnecting' }] })
    await settle()
    assert.equal(publication.state, 'live', 'that was before it came')
    events.say('updated', { id: 'a', state: 'live' })
    events.say('updated', { id: 'a', state: 'reconnecting' })
    await settle()

    assert.equal(publication.state, 'reconnecting')
  })

  test('[CL26] a broadcast that is stopped on the server has ended', async (t) => {
    const { browser, publication } = await live(t)
    const [events] = browser.eventSources
    events?.say('list', { broadcasts: [{ id: 'a', state: 'live' }] })
    events?.say('ended', { id: 'a', state: 'ended' })
    await browser.pass(1000)

    assert.equal(await publication.closed, 'ended')
    assert.equal(publication.problem?.code, 'stopped')
    assert.equal(browser.peers.length, 1)
    assert.equal(events?.closed, true)
  })

  test('[CL26] also when the connection is lost before that is known', async (t) => {
    const { browser, publication } = await live(t)
    const [events] = browser.eventSources
    events?.say('list', { broadcasts: [{ id: 'a', state: 'live' }] })
    events?.say('ended', { id: 'a', state: 'ended' })
    browser.peer.transport.close()
    await browser.pass(250)
    await browser.pass(1000)

    assert.equal(await publication.closed, 'ended')
    assert.equal(browser.peers.length, 1)
  })

  test('[CL27] a server that says so and falls silent shuts down: it is published to again', async (t) => {
    const { browser, publication } = await live(t)
    const [events] = browser.eventSources
    events?.say('list', { broadcasts: [{ id: 'a', state: 'live' }] })
    events?.say('ended', { id: 'a', state: 'ended' })
    events?.break()
    await browser.pass(2200)
    assert.equal(publication.state, 'reconnecting', 'nothing arrived any more')
    await browser.pass(250)
    browser.peer.become('connected')
    await settle()

    assert.equal(publication.state, 'live')
    assert.equal(browser.peers.length, 2)
  })

  test('[CL25] without events the server is not listened to', async (t) => {
    const { browser } = await live(t, { events: false })

    assert.equal(browser.eventSources.length, 0)
  })

  test('[CL28] the server is told how far its clock is ahead', async (t) => {
    const { browser } = await live(t)
    await settle()

    const told = browser.requestsOf('POST').find(({ url }) => url.endsWith('/clock'))
    assert.equal(told?.url, `https://live.example${SESSION}/clock`)
    const { offset } = JSON.parse(told.body) as { offset: number }
    assert.ok(Math.abs(offset - (1000 - Date.now())) < 60_000)
  })
})
