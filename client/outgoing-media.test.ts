import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { FakeBrowser } from '../test/support/fake-browser.ts'
import { FakeStream, FakeTrack } from '../test/support/fake-media.ts'
import { FakePeer } from '../test/support/fake-peer.ts'
import { OutgoingMedia, type OutgoingOptions } from './outgoing-media.ts'

function setUp(t: TestContext, options: OutgoingOptions = {}, size = { width: 1280, height: 720 }) {
  const browser = new FakeBrowser(t)
  const camera = new FakeTrack('video', size)
  const microphone = new FakeTrack('audio')
  const media = new OutgoingMedia(new FakeStream([camera, microphone]).asStream(), options)
  const peer = new FakePeer()
  media.sendOver(peer as unknown as RTCPeerConnection)
  const transceiver = (kind: string) => peer.transceivers.find(({ receiver }) => receiver.track.kind === kind)
  return {
    browser,
    media,
    peer,
    camera,
    microphone,
    video: transceiver('video'),
    audio: transceiver('audio'),
  }
}

const asTrack = (track: FakeTrack) => track as unknown as MediaStreamTrack

describe('OutgoingMedia', () => {
  test('[CL20] H264 is offered first, in its common shape, then VP8, and nothing is left out', (t) => {
    const { video } = setUp(t)

    assert.deepEqual(video?.preferred, [
      'video/H264 packetization-mode=1;profile-level-id=42e01f',
      'video/H264 packetization-mode=0;profile-level-id=42e01f',
      'video/VP8',
      'video/rtx',
      'video/AV1',
    ])
  })

  test('[CL20] the order of codecs can be chosen', (t) => {
    const { video } = setUp(t, { codecs: ['AV1', 'VP8'] })

    assert.deepEqual(video?.preferred.slice(0, 2), ['video/AV1', 'video/VP8'])
  })

  test('[CL20] a browser that refuses, or knows no preferences, offers what it likes', (t) => {
    const { media } = setUp(t)
    const peer = new FakePeer()
    const plain = peer.addTransceiver.bind(peer)
    peer.addTransceiver = (track, init) =>
      Object.assign(plain(track, init), {
        setCodecPreferences: () => {
          throw new TypeError('refused')
        },
      })

    media.sendOver(peer as unknown as RTCPeerConnection)
    assert.equal(peer.transceivers.length, 2)
  })

  test('[CL21] three layers share the bit rate when asked for and the source has 720 lines, also upright', (t) => {
    for (const size of [
      { width: 1280, height: 720 },
      { width: 720, height: 1280 },
    ]) {
      const { video } = setUp(t, { simulcast: true, maxBitrate: 1_000_000 }, size)
      assert.deepEqual(video?.init.sendEncodings, [
        { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 60_000 },
        { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 240_000 },
        { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 700_000 },
      ])
      t.mock.reset()
    }
  })

  test('[CL21] otherwise there is one', (t) => {
    const one = [{ maxBitrate: 2_500_000 }]
    assert.deepEqual(setUp(t).video?.init.sendEncodings, one)
    t.mock.reset()
    const small = setUp(t, { simulcast: true }, { width: 640, height: 480 })

    assert.deepEqual(small.video?.init.sendEncodings, one)
    assert.deepEqual(small.audio?.init, { direction: 'sendonly', sendEncodings: [{ maxBitrate: 96_000 }] })
  })

  test('[CL22] a replaced track is sent over every connection, without negotiation', async (t) => {
    const { media, video } = setUp(t)
    const screen = new FakeTrack('video')

    assert.equal(await media.replace('video', asTrack(screen)), true)
    assert.equal(video?.sender.track, screen)
  })

  test('[CL22] a stream without a kind lets it fall silent', async (t) => {
    const { media, video, audio } = setUp(t)
    const screen = new FakeTrack('video')

    assert.equal(await media.replaceAll(new FakeStream([screen]).asStream()), true)
    assert.equal(video?.sender.track, screen)
    assert.equal(audio?.sender.track, null)
  })

  test('[CL23] a kind that was not sent before needs a new connection', async (t) => {
    const { browser } = setUp(t)
    const media = new OutgoingMedia(new FakeStream([new FakeTrack('video')]).asStream(), {})
    assert.equal(browser.peers.length, 0)
    media.sendOver(new FakePeer() as unknown as RTCPeerConnection)

    assert.equal(await media.replace('audio', asTrack(new FakeTrack('audio'))), false)
    const next = new FakePeer()
    media.sendOver(next as unknown as RTCPeerConnection)
    assert.equal(next.transceivers.length, 2)
  })

  test('[CL24] what is muted stays muted when its track is replaced, and is given back unmuted', async (t) => {
    const { media, microphone } = setUp(t)
    const other = new FakeTrack('audio')
    media.setMuted('audio', true)
    assert.equal(microphone.enabled, false)
    await media.replace('audio', asTrack(other))
    assert.equal(other.enabled, false)
    assert.equal(microphone.enabled, true)
    assert.equal(media.isMuted('audio'), true)
    media.release()

    assert.equal(other.enabled, true)
  })
})
