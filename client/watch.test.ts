import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { FakeBrowser, type FakeRequest, settle } from '../test/support/fake-browser.ts'
import { FakeVideo } from '../test/support/fake-media.ts'
import type { StateChange } from './publication.ts'
import type { Playback, ViewingState, WatchOptions } from './viewing.ts'
import { watch } from './watch.ts'

const URL_OF_A = 'https://live.example/whep/a'
const LINKS = [
  '</whep/a/s/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="state,viewercount,layers,clock,reconnect"',
  '</whep/a/s/layer>; rel="urn:ietf:params:whep:ext:core:layer"',
].join(', ')

function answerAll({ method, url }: FakeRequest): Response {
  if (url.endsWith('/api/time')) return Response.json({ now: 5000 })
  if (url.endsWith('/sse'))
    return new Response(null, { status: 201, headers: { location: '/whep/a/s/sse/1' } })
  if (method === 'POST' && url === URL_OF_A)
    return new Response('v=0\r\n', { status: 201, headers: { location: '/whep/a/s', link: LINKS } })
  return new Response(null, { status: 200 })
}

function refused(code: string, retryAfter = '3'): Response {
  const headers = { 'content-type': 'application/problem+json', 'retry-after': retryAfter }
  return new Response(JSON.stringify({ code, detail: 'Not now.' }), { status: 409, headers })
}

function setUp(t: TestContext, options: WatchOptions = {}, video = new FakeVideo()) {
  const browser = new FakeBrowser(t)
  browser.answer = answerAll
  const changes: StateChange<ViewingState>[] = []
  const playbacks: Playback[] = []
  const viewing = browser.owns(
    watch(URL_OF_A, video.asVideo(), {
      ...options,
      onState: (change) => changes.push(change),
      onPlayback: (playback) => playbacks.push(playback),
    }),
  )
  return { browser, video, viewing, changes, playbacks, states: () => changes.map(({ state }) => state) }
}

async function connect(browser: FakeBrowser) {
  await settle()
  const tracks = { video: browser.peer.announce('video'), audio: browser.peer.announce('audio') }
  browser.peer.become('connected')
  await settle()
  return tracks
}

async function live(t: TestContext, options: WatchOptions = {}) {
  const set = setUp(t, options)
  const { video: picture, audio: sound } = await connect(set.browser)
  picture.unmute()
  sound.unmute()
  await settle()
  set.video.show()
  assert.equal(set.viewing.state, 'live')
  return { ...set, picture, sound, events: set.browser.eventSources.at(-1)! }
}

describe('watch', () => {
  test('[CL30] it is connecting, waits for the picture, and is live when one is shown', async (t) => {
    const { browser, video, states, viewing } = setUp(t, { token: 'the-token' })
    assert.equal(viewing.state, 'connecting')
    const { video: picture } = await connect(browser)
    assert.deepEqual(states(), ['waiting'])
    picture.unmute()
    video.show()

    assert.deepEqual(states(), ['waiting', 'live'])
    assert.equal(browser.requests[0]?.headers['authorization'], 'Bearer the-token')
    assert.deepEqual(
      browser.peer.transceivers.map(({ init }) => init.direction),
      ['recvonly', 'recvonly'],
    )
  })

  test('[CL30] a picture that is there before the connection is reported stays live', async (t) => {
    const { browser, video, states } = setUp(t)
    await settle()
    browser.peer.announce('video').unmute()
    video.show()
    browser.peer.become('connected')
    await settle()

    assert.deepEqual(states(), ['live'])
  })

  test('[CL31] only what is wanted is asked for', async (t) => {
    const { browser } = setUp(t, { media: 'audio' })
    await settle()

    assert.deepEqual(
      browser.peer.transceivers.map(({ receiver }) => receiver.track.kind),
      ['audio'],
    )
  })

  test('[CL32] where no picture is displayed, decoded ones count, and sound where there is no picture', async (t) => {
    const { browser, viewing } = setUp(t)
    await settle()
    browser.peer.announce('video')
    browser.peer.become('connected')
    const video = { id: 'v', type: 'inbound-rtp', kind: 'video', framesDecoded: 0, bytesReceived: 0 }
    browser.peer.stats = [video]
    await browser.pass(1000)
    browser.peer.stats = [{ ...video, bytesReceived: 500 }]
    await browser.pass(1000)
    assert.equal(viewing.state, 'waiting')
    browser.peer.stats = [{ ...video, framesDecoded: 3 }]
    await browser.pass(1000)

    assert.equal(viewing.state, 'live')
  })

  test('[CL32] sound alone is live when it arrives', async (t) => {
    const { browser, viewing } = setUp(t)
    await settle()
    browser.peer.announce('audio')
    browser.peer.become('connected')
    const audio = { id: 'a', type: 'inbound-rtp', kind: 'audio', bytesReceived: 1 }
    browser.peer.stats = [audio]
    await browser.pass(1000)
    browser.peer.stats = [{ ...audio, bytesReceived: 900 }]
    await browser.pass(1000)

    assert.equal(viewing.state, 'live')
  })

  test('[CL33] a broadcast that is not live is offline, one that is over has ended; both are asked again', async (t) => {
    const { browser, viewing, states, changes } = setUp(t, { events: false })
    browser.answer = () => refused('broadcast-not-live')
    await settle()
    assert.equal(viewing.state, 'offline')
    assert.equal(changes[0]?.retryIn, 3750)
    browser.answer = () => refused('broadcast-ended')
    await browser.pass(3750)
    assert.equal(viewing.state, 'ended')
    browser.answer = answerAll
    await browser.pass(3750)
    await connect(browser)

    assert.deepEqual(states(), ['offline', 'ended', 'connecting', 'waiting'])
  })

  test('[CL34] who waits hears from the server when it starts, and asks seldom meanwhile', async (t) => {
    const { browser, viewing } = setUp(t)
    browser.chance = 0.5
    browser.answer = () => refused('broadcast-not-live')
    await settle()
    const [list] = browser.eventSources
    assert.equal(list?.url, 'https://live.example/api/events?broadcast=a')
    list.open()
    list.say('list', { broadcasts: [{ id: 'a', state: 'created' }] })
    await browser.pass(4000)
    await browser.pass(20_000)
    assert.equal(browser.requests.length, 2)

    browser.answer = answerAll
    list.say('started', { id: 'a', state: 'live' })
    await browser.pass(250)
    await connect(browser)
    assert.equal(viewing.state, 'waiting')
    assert.equal(list.closed, true)
  })

  test('[CL34] a broadcast that has started and is not ready is asked soon again', async (t) => {
    const { browser, changes } = setUp(t)
    browser.answer = () => refused('broadcast-not-live', '1')
    await settle()
    browser.eventSources[0]?.say('list', { broadcasts: [{ id: 'a', state: 'live' }] })
    for (let i = 0; i < 12; i++) await browser.pass(1250)

    assert.equal(changes.at(-1)?.retryIn, 1250)
  })

  test('[CL35] the same element and stream go on; the old picture goes when the new one is there', async (t) => {
    const { browser, video, viewing, picture, states } = await live(t)
    const stream = video.srcObject!
    const before = browser.peer
    before.become('failed')
    await browser.pass(250)
    const next = await connect(browser)
    assert.equal(viewing.state, 'reconnecting')
    assert.equal(before.closed, false)
    assert.deepEqual(stream.getVideoTracks(), [picture])
    next.video.unmute()
    assert.deepEqual(stream.getVideoTracks(), [next.video])
    next.audio.unmute()
    video.show()

    assert.equal(before.closed, true)
    assert.equal(video.srcObject, stream)
    assert.deepEqual(stream.getTracks(), [next.video, next.audio])
    assert.deepEqual(states(), ['waiting', 'live', 'reconnecting', 'live'])
  })

  test('[CL35] connections that never showed anything do not pile up', async (t) => {
    const { browser } = await live(t)
    browser.peer.become('failed')
    for (let i = 0; i < 5; i++) {
      await browser.pass(8000)
      await browser.pass(10_000)
    }

    const open = browser.peers.filter(({ closed }) => !closed)
    assert.ok(browser.peers.length >= 5)
    assert.ok(open.length <= 2, `${open.length} are open`)
  })

  test('[CL36] a browser that plays no sound before a tap plays without, and with it after the tap', async (t) => {
    const { browser, video, playbacks, viewing } = setUp(t)
    video.refuses = 'sound'
    await connect(browser)
    assert.deepEqual(playbacks, ['muted'])
    assert.equal(video.muted, true)
    video.refuses = 'nothing'
    await viewing.play()

    assert.equal(video.muted, false)
    assert.deepEqual(playbacks, ['muted', 'playing'])
  })

  test('[CL36] a browser that plays nothing before a tap says so', async (t) => {
    const { browser, video, playbacks, viewing } = setUp(t)
    video.refuses = 'everything'
    await connect(browser)
    assert.deepEqual(playbacks, ['needs-tap'])
    video.refuses = 'nothing'
    await viewing.play()

    assert.deepEqual(playbacks, ['needs-tap', 'playing'])
    assert.equal(video.muted, false)
  })

  test('[CL36] sound turned on by other controls counts', async (t) => {
    const { browser, video, playbacks } = setUp(t)
    video.refuses = 'sound'
    await connect(browser)
    video.muted = false
    assert.deepEqual(playbacks, ['muted', 'playing'])
  })

  test('[CL36] a page that wants no sound is left alone', async (t) => {
    const video = new FakeVideo()
    video.muted = true
    video.refuses = 'sound'
    const { browser, playbacks, viewing } = setUp(t, {}, video)
    await connect(browser)
    await viewing.play()

    assert.deepEqual(playbacks, [])
    assert.equal(video.muted, true)
  })

  test('[CL37] viewers and layers come from the server', async (t) => {
    const told: unknown[] = []
    const { events, viewing, browser } = await live(t, {
      onViewers: (viewers) => told.push(viewers),
      onLayers: (layers) => told.push(layers.map(({ rid, active }) => `${rid} ${active}`)),
    })
    events.say('state', { state: 'live', viewers: 3 })
    events.say('viewercount', { viewercount: 3 })
    events.say('layers', {
      1: {
        active: [
          { rid: 'q', width: 320 },
          { encodingId: 'f', width: 1280 },
        ],
        inactive: [{ rid: 'h', width: 640 }],
      },
    })

    assert.deepEqual(told, [3, ['f true', 'h false', 'q true']])
    assert.equal(viewing.viewers, 3)
    assert.equal(viewing.layers.length, 3)
    assert.equal(events.url, 'https://live.example/whep/a/s/sse/1')
    const subscription = browser.requests.find(({ url }) => url.endsWith('/sse'))
    assert.deepEqual(JSON.parse(subscription?.body ?? ''), [
      'state',
      'viewercount',
      'layers',
      'clock',
      'reconnect',
    ])
  })

  test('[CL38] while the publisher is away it is reconnecting, over the same connection', async (t) => {
    const { browser, events, viewing, video } = await live(t)
    events.say('state', { state: 'reconnecting', viewers: 1 })
    assert.equal(viewing.state, 'reconnecting')
    assert.equal(viewing.problem?.code, 'publisher-lost')
    video.show()
    assert.equal(viewing.state, 'reconnecting')
    events.say('state', { state: 'live', viewers: 1 })
    video.show()

    assert.equal(viewing.state, 'live')
    assert.equal(browser.peers.length, 1)
  })

  test('[CL39] it ends with the broadcast, and comes back with it', async (t) => {
    const { browser, events, viewing } = await live(t)
    browser.answer = () => refused('broadcast-ended')
    events.say('state', { state: 'ended', viewers: 0 })
    await settle()
    assert.equal(viewing.state, 'ended')
    assert.equal(browser.peer.closed, true)
    assert.equal(events.closed, true)
    browser.answer = answerAll
    browser.eventSources.at(-1)?.say('started', { id: 'a', state: 'live' })
    await browser.pass(500)
    const { video } = await connect(browser)
    video.unmute()

    assert.equal(viewing.state, 'waiting')
  })

  test('[CL46] after a restart of the server it waits ten seconds for the publisher before it says that it has ended', async (t) => {
    const { browser, viewing, picture, video } = await live(t, { events: false })
    browser.answer = () => new TypeError('failed to fetch')
    browser.peer.become('failed')
    await browser.pass(250)
    browser.answer = () => refused('broadcast-ended')
    await browser.pass(500)
    assert.equal(viewing.state, 'reconnecting')
    assert.deepEqual(video.srcObject?.getVideoTracks(), [picture])
    for (let i = 0; i < 20; i++) await browser.pass(500)

    assert.equal(viewing.state, 'ended')
  })

  test('[CL40] the server can ask for a new connection', async (t) => {
    const { browser, events, viewing } = await live(t)
    events.say('reconnect', { reason: 'failed' })
    await browser.pass(250)

    assert.equal(viewing.state, 'reconnecting')
    assert.equal(browser.peers.length, 2)
  })

  test('[CL41] events that break off are a hint to look whether media still arrives', async (t) => {
    const { browser, events, viewing } = await live(t)
    browser.peer.stats = [{ id: 'p', type: 'candidate-pair', bytesReceived: 7 }]
    events.break()
    await browser.pass(1200)

    assert.equal(viewing.state, 'reconnecting')
  })

  test('[CL42] without events nothing is listened to', async (t) => {
    const { browser } = setUp(t, { events: false })
    await connect(browser)

    assert.equal(browser.eventSources.length, 0)
    assert.equal(browser.requests.length, 1)
  })

  test('[CL43] a chosen layer is asked for, and again after a reconnection', async (t) => {
    const { browser, viewing } = await live(t)
    await viewing.setLayer({ rid: 'h' })
    const wishes = () => browser.requests.filter(({ url }) => url.endsWith('/layer')).map(({ body }) => body)
    assert.deepEqual(wishes(), ['{"mediaId":"0","rid":"h"}'])
    browser.peer.become('failed')
    await browser.pass(250)
    await connect(browser)
    assert.equal(wishes().length, 2)
    await viewing.setLayer({})

    assert.equal(wishes()[2], '{"mediaId":"0"}')
  })

  test('[CL43] a server without layers says so', async (t) => {
    const { browser, viewing } = setUp(t)
    browser.answer = () => new Response('v=0', { status: 201 })
    await connect(browser)

    await assert.rejects(viewing.setLayer({ rid: 'h' }), { code: 'no-layers' })
  })

  test('[CL44] latency is measured from the capture clock and displayed pictures', async (t) => {
    const { browser, events, viewing, video } = await live(t)
    const latency = (): number | null => viewing.latency
    assert.equal(latency(), null)
    const capturedAt = performance.timeOrigin + performance.now()
    browser.answer = () => Response.json({ now: performance.timeOrigin + performance.now() })
    events.say('clock', { rtpTimestamp: 90_000, capturedAt })
    await settle()
    await settle()
    const expectedDisplayTime = capturedAt - performance.timeOrigin + 1300
    video.show({ rtpTimestamp: 180_000, expectedDisplayTime })

    assert.equal(Math.round(latency() ?? 0), 300)
    await viewing.close()
    assert.equal(latency(), null)
  })

  test('[CL45] closing says goodbye, keeps the element and ends for good', async (t) => {
    const { browser, viewing, video, events, states } = await live(t)
    await Promise.all([viewing.close(), viewing.close()])
    await browser.pass(60_000)

    assert.equal(browser.requestsOf('DELETE').length, 1)
    assert.equal(browser.peer.closed, true)
    assert.equal(events.closed, true)
    assert.ok(video.srcObject)
    assert.equal(states().at(-1), 'ended')
    assert.equal(await viewing.closed, 'ended')
  })

  test('[CL45] a private broadcast without the right token fails for good', async (t) => {
    const { browser, viewing } = setUp(t)
    browser.answer = () => new Response(null, { status: 403 })

    assert.equal(await viewing.closed, 'failed')
    assert.equal(viewing.state, 'failed')
  })
})
