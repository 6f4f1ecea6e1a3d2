import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { FakeWebSocket } from '../test/support/fake-browser-sockets.ts'
import { FakeBrowser, settle } from '../test/support/fake-browser.ts'
import { FakeStream, FakeTrack, FakeVideo } from '../test/support/fake-media.ts'
import { publishPeerToPeer, watchPeerToPeer } from './peer-to-peer.ts'

const URL_OF_A = 'https://live.example/ws/webrtc/a/'

async function welcome(browser: FakeBrowser, state = 'live', more: object = {}): Promise<FakeWebSocket> {
  await settle()
  const socket = browser.sockets.at(-1)!
  socket.open()
  const iceServers = [{ urls: ['stun:stun.example'] }]
  socket.say({ type: 'welcome', peerId: 'me', delivery: 'p2p', iceServers, state, ...more })
  socket.say({ type: 'state', state, viewers: 1 })
  await settle()
  return socket
}

function broadcaster(t: TestContext) {
  const browser = new FakeBrowser(t)
  const camera = new FakeTrack('video')
  const stream = new FakeStream([camera, new FakeTrack('audio')])
  const publication = browser.owns(publishPeerToPeer(URL_OF_A, stream.asStream(), { key: 'the-key' }))
  return { browser, publication, camera }
}

function viewer(t: TestContext) {
  const browser = new FakeBrowser(t)
  const video = new FakeVideo()
  const states: string[] = []
  const viewing = browser.owns(
    watchPeerToPeer(URL_OF_A, video.asVideo(), { token: 'tok', onState: ({ state }) => states.push(state) }),
  )
  return { browser, viewing, video, states }
}

describe('publishPeerToPeer', () => {
  test('[CL80] it joins as broadcaster with the key and is live', async (t) => {
    const { browser, publication } = broadcaster(t)
    const socket = await welcome(browser)

    assert.equal(socket.url, 'wss://live.example/ws/webrtc/a/')
    assert.deepEqual(socket.sent, [{ type: 'join', role: 'broadcaster', token: 'the-key' }])
    assert.equal(publication.state, 'live')
  })

  test('[CL81] each viewer is offered a connection of its own, and hung up when it leaves', async (t) => {
    const { browser, camera } = broadcaster(t)
    const socket = await welcome(browser)
    socket.say({ type: 'viewer-joined', peerId: 'v1' })
    socket.say({ type: 'viewer-joined', peerId: 'v2' })
    await settle()
    const [first, second] = browser.peers
    assert.deepEqual(
      socket.sentOf('offer').map(({ to }) => to),
      ['v1', 'v2'],
    )
    assert.equal(
      first?.transceivers.find(({ sender }) => sender.track === camera)?.init.direction,
      'sendonly',
    )
    assert.deepEqual(first.configuration.iceServers, [{ urls: ['stun:stun.example'] }])
    first.find('candidate:1')
    assert.deepEqual(socket.sentOf('candidate')[0], {
      type: 'candidate',
      candidate: { candidate: 'candidate:1' },
      to: 'v1',
    })
    socket.say({ type: 'candidate', from: 'v1', candidate: { candidate: 'early' } })
    socket.say({ type: 'answer', from: 'v1', sdp: 'v=0' })
    socket.say({ type: 'candidate', from: 'v1', candidate: { candidate: 'late' } })
    await settle()
    assert.equal(first.remoteDescription?.sdp, 'v=0')
    assert.deepEqual(first.candidates.at(-1), { candidate: 'late' })
    socket.say({ type: 'viewer-left', peerId: 'v1' })
    await settle()

    assert.equal(first.closed, true)
    assert.equal(second?.closed, false)
  })

  test('[CL82] a hundred viewers at once do not make the server close for too many messages', async (t) => {
    const { browser } = broadcaster(t)
    const socket = await welcome(browser)
    for (let i = 0; i < 100; i++) socket.say({ type: 'viewer-joined', peerId: `v${i}` })
    await settle()
    for (const peer of browser.peers) peer.find('candidate:1')
    assert.equal(socket.sent.length - 1, 40)
    await browser.pass(1100)
    await browser.pass(1100)

    assert.equal(socket.sentOf('offer').length, 100)
    assert.equal(socket.sentOf('candidate').length, 20)
  })

  test('[CL83] a broadcast stopped on the server has ended', async (t) => {
    const { browser, publication } = broadcaster(t)
    const socket = await welcome(browser)
    socket.drop(4410)

    assert.equal(await publication.closed, 'ended')
    assert.equal(publication.problem?.code, 'stopped')
  })

  test('[CL84] after a restart of the server it joins again, and viewers watch on meanwhile', async (t) => {
    const { browser, publication } = broadcaster(t)
    const socket = await welcome(browser)
    socket.say({ type: 'viewer-joined', peerId: 'v1' })
    await settle()
    browser.peer.become('connected')
    socket.drop(1012)
    await settle()
    assert.equal(publication.state, 'reconnecting')
    await browser.pass(250)
    await welcome(browser)
    assert.equal(publication.state, 'live')
    assert.equal(browser.peers[0]?.closed, false)
    await browser.pass(5000)

    assert.equal(browser.peers[0].closed, true)
  })

  for (const [code, expected] of Object.entries({
    4401: 'unauthenticated',
    4403: 'not-allowed',
    4404: 'broadcast-not-found',
  }))
    test(`[CL85] close code ${code} is final`, async (t) => {
      const { browser, publication } = broadcaster(t)
      await settle()
      browser.sockets[0]?.drop(Number(code))

      assert.equal(await publication.closed, 'failed')
      assert.equal(publication.problem?.code, expected)
    })

  test('[CL85] somebody who is live already is waited for, with the words of the server', async (t) => {
    const { browser, publication } = broadcaster(t)
    await settle()
    const socket = browser.sockets[0]!
    socket.say({ type: 'error', code: 'broadcast-taken', message: 'Taken.' })
    socket.drop(4409)
    await settle()
    assert.equal(publication.problem?.message, 'Taken.')
    await browser.pass(2500)

    assert.equal(browser.sockets.length, 2)
  })

  test('[CL86] a broadcast that the server forwards is not for this', async (t) => {
    const { browser, publication } = broadcaster(t)
    await welcome(browser, 'created', { delivery: 'sfu' })

    assert.equal(await publication.closed, 'failed')
    assert.equal(publication.problem?.code, 'not-peer-to-peer')
  })

  test('[CL87] numbers are those of all viewers together', async (t) => {
    const { browser, publication } = broadcaster(t)
    const socket = await welcome(browser)
    for (const peerId of ['v1', 'v2']) socket.say({ type: 'viewer-joined', peerId })
    await settle()
    const sent = (bytesSent: number) => [{ id: 'o', type: 'outbound-rtp', kind: 'video', bytesSent }]
    for (const peer of browser.peers) peer.stats = sent(0)
    await browser.pass(1000)
    for (const peer of browser.peers) peer.stats = sent(100_000)
    await browser.pass(1000)
    await browser.pass(1000)

    assert.equal(publication.stats()?.bitrate, 1_600_000)
  })

  test('[CL88] closing leaves the room and hangs up on everybody', async (t) => {
    const { browser, publication } = broadcaster(t)
    const socket = await welcome(browser)
    socket.say({ type: 'viewer-joined', peerId: 'v1' })
    await settle()
    await publication.close()

    assert.equal(socket.closedWith, 1000)
    assert.equal(browser.peer.closed, true)
    assert.equal(publication.state, 'ended')
  })
})

describe('watchPeerToPeer', () => {
  async function live(t: TestContext) {
    const set = viewer(t)
    const socket = await welcome(set.browser)
    socket.say({ type: 'offer', from: 'b', sdp: 'v=0' })
    await settle()
    const picture = set.browser.peer.announce('video')
    set.browser.peer.become('connected')
    await settle()
    picture.unmute()
    set.video.show()
    return { ...set, socket, picture }
  }

  test('[CL90] it answers the offer of the broadcaster and is live with the first picture', async (t) => {
    const { browser, socket, states, viewing } = await live(t)

    assert.deepEqual(socket.sent[0], { type: 'join', role: 'viewer', token: 'tok' })
    assert.equal(socket.sentOf('answer')[0]?.['to'], 'b')
    assert.equal(browser.peer.remoteDescription?.type, 'offer')
    assert.deepEqual(states, ['waiting', 'live'])
    assert.equal(viewing.viewers, 1)
  })

  test('[CL91] before the broadcast begins it is offline, and joined', async (t) => {
    const { browser, states } = viewer(t)
    const socket = await welcome(browser, 'created')
    await browser.pass(60_000)

    assert.deepEqual(states, ['offline'])
    assert.equal(socket.closedWith, undefined)
  })

  test('[CL92] a broadcaster that returns offers anew, and replaces the picture when the new one is there', async (t) => {
    const { browser, socket, viewing, video, picture } = await live(t)
    socket.say({ type: 'state', state: 'reconnecting', viewers: 1 })
    browser.peer.become('failed')
    await settle()
    assert.equal(viewing.state, 'reconnecting')
    const stream = video.srcObject!
    assert.deepEqual(stream.getTracks(), [picture])
    socket.say({ type: 'state', state: 'live', viewers: 1 })
    socket.say({ type: 'offer', from: 'b2', sdp: 'v=0' })
    await settle()
    const next = browser.peer.announce('video')
    browser.peer.become('connected')
    await settle()
    next.unmute()
    video.show()

    assert.equal(viewing.state, 'live')
    assert.deepEqual(stream.getTracks(), [next])
    assert.equal(browser.sockets.length, 1)
  })

  test('[CL93] a lost connection to a broadcaster who is there is mended by joining again', async (t) => {
    const { browser, socket } = await live(t)
    browser.peer.become('failed')
    await browser.pass(250)

    assert.equal(socket.closedWith, 1000)
    assert.equal(browser.sockets.length, 2)
  })

  test('[CL93] so is a broadcaster who does not offer', async (t) => {
    const { browser } = viewer(t)
    await welcome(browser)
    await browser.pass(8000)
    await browser.pass(250)

    assert.equal(browser.sockets.length, 2)
  })

  test('[CL94] only candidates of the broadcaster who offered are used', async (t) => {
    const { browser, socket } = await live(t)
    socket.say({ type: 'candidate', from: 'stranger', candidate: { candidate: 'x' } })
    socket.say({ type: 'candidate', from: 'b', candidate: { candidate: 'y' } })
    await settle()

    assert.deepEqual(browser.peer.candidates, [{ candidate: 'y' }])
  })

  test('[CL95] it ends with the broadcast', async (t) => {
    const { browser, socket, viewing } = await live(t)
    socket.say({ type: 'state', state: 'ended', viewers: 0 })
    socket.drop(4410)
    await settle()

    assert.equal(viewing.state, 'ended')
    assert.equal(browser.peer.closed, true)
  })

  test('[CL96] there is no choice of layers', async (t) => {
    const { viewing } = await live(t)

    await assert.rejects(viewing.setLayer({ rid: 'h' }), { code: 'no-layers' })
  })
})
