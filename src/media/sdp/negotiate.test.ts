import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as offers from './fixtures/offers.ts'
import { answerPublisher } from './negotiate-publisher.ts'
import { answerViewer, NoCommonCodecError, type SendableTrack } from './negotiate-viewer.ts'
import { parseSessionDescription } from './parse.ts'
import { SdpError } from './session-description.ts'

const TRANSPORT = {
  iceUfrag: 'ours',
  icePwd: 'our-password-of-24-bytes',
  fingerprint: 'sha-256 AA:BB',
  setup: 'passive',
  candidates: ['1 1 UDP 2122317823 127.0.0.1 8189 typ host'],
} as const

const publish = (offer: string) => answerPublisher(parseSessionDescription(offer), TRANSPORT)
function watch(offer: string, ...tracks: SendableTrack[]) {
  let ssrc = 500
  return answerViewer(parseSessionDescription(offer), TRANSPORT, tracks, () => ssrc++)
}
const linesOf = (sdp: string, start: string) => sdp.split('\r\n').filter((line) => line.startsWith(start))
const OPUS: SendableTrack = { kind: 'audio', codec: 'opus' }
const VP8: SendableTrack = { kind: 'video', codec: 'VP8' }
const h264 = (profile: string): SendableTrack => ({
  kind: 'video',
  codec: 'H264',
  fmtp: `packetization-mode=1;profile-level-id=${profile}`,
})

describe('answers to publishers', () => {
  const table: [keyof typeof offers, { codecs: string[]; rids: string[]; payloadTypes: number[] }][] = [
    ['CHROME_PUBLISHER', { codecs: ['opus', 'VP8'], rids: [], payloadTypes: [111, 96] }],
    ['CHROME_SIMULCAST', { codecs: ['opus', 'VP8'], rids: ['q', 'h', 'f'], payloadTypes: [111, 96] }],
    ['OBS', { codecs: ['opus', 'H264'], rids: [], payloadTypes: [111, 96] }],
    ['OBS_SIMULCAST', { codecs: ['opus', 'H264'], rids: ['0', '1', '2'], payloadTypes: [111, 96] }],
    ['FFMPEG_VIDEO_ONLY', { codecs: ['H264'], rids: [], payloadTypes: [106] }],
  ]
  for (const [name, expected] of table)
    test(`[SDP1] ${name}: everything it offers is taken`, () => {
      const { sdp, tracks } = publish(offers[name])

      assert.deepEqual(
        {
          codecs: tracks.map(({ codec }) => codec),
          rids: tracks.at(-1)?.rids,
          payloadTypes: tracks.map((track) => track.payloadType),
        },
        expected,
      )
      assert.ok(sdp.startsWith('v=0\r\n') && sdp.length <= 8192)
      assert.equal(linesOf(sdp, 'a=recvonly').length, tracks.length)
      assert.equal(
        linesOf(sdp, 'a=group:BUNDLE')[0],
        `a=group:BUNDLE ${tracks.map(({ mid }) => mid).join(' ')}`,
      )
      assert.deepEqual(linesOf(sdp, 'a=candidate'), [`a=candidate:${TRANSPORT.candidates[0]}`])
    })

  test('[SDP2] every simulcast layer is accepted, in the order of the offer', () => {
    const { sdp } = publish(offers.OBS_SIMULCAST)
    assert.deepEqual(linesOf(sdp, 'a=rid:'), ['a=rid:0 recv', 'a=rid:1 recv', 'a=rid:2 recv'])
    assert.deepEqual(linesOf(sdp, 'a=simulcast:'), ['a=simulcast:recv 0;1;2'])
  })

  test('[SDP3] only feedback and extensions that we serve are repeated', () => {
    const { sdp } = publish(offers.CHROME_PUBLISHER)
    assert.ok(!sdp.includes('transport-cc') && !sdp.includes('abs-send-time') && !sdp.includes('repaired'))
    assert.deepEqual(linesOf(sdp, 'a=rtcp-fb:96'), [
      'a=rtcp-fb:96 goog-remb',
      'a=rtcp-fb:96 ccm fir',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
    ])
    assert.deepEqual(linesOf(sdp, 'a=extmap:'), [
      'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
      'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
      'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
    ])
  })

  test('[SDP4] what OBS says of its Opus is kept', () => {
    assert.match(publish(offers.OBS).sdp, /a=fmtp:111 \S*stereo=1;sprop-stereo=1;useinbandfec=1/)
  })

  const video = offers.OBS.slice(offers.OBS.indexOf('m=video'))
  const refused: [string, string, RegExp][] = [
    ['a track that only receives', offers.OBS.replace('a=sendonly', 'a=recvonly'), /sendonly/],
    ['an inactive track', offers.OBS.replace('a=sendonly', 'a=inactive'), /sendonly/],
    ['two tracks of a kind', offers.OBS + video, /more than one video/],
    ['a data channel', offers.OBS + video.replace('m=video', 'm=application'), /application/],
    ['no codec that is known', offers.OBS.replaceAll('H264', 'H266'), /video codec/],
  ]
  for (const [what, offer, message] of refused)
    test(`[SDP5] ${what} is refused whole, never answered in part`, () => {
      assert.throws(
        () => publish(offer),
        (error) => error instanceof SdpError && message.test(error.message),
      )
    })
})

describe('answers to viewers', () => {
  test('[SDP6] each gets the payload type of its own offer', () => {
    assert.deepEqual(
      watch(offers.CHROME_VIEWER, OPUS, VP8).sent.map(({ payloadType }) => payloadType),
      [111, 96],
    )
    assert.deepEqual(
      watch(offers.FIREFOX_VIEWER, OPUS, VP8).sent.map(({ payloadType }) => payloadType),
      [109, 120],
    )
  })

  test('[SDP7] H264 goes to the same profile where there is one, else to any that takes fragments', () => {
    assert.equal(watch(offers.CHROME_VIEWER, h264('42e01f')).sent[0]?.payloadType, 102)
    assert.equal(watch(offers.CHROME_VIEWER, h264('640028')).sent[0]?.payloadType, 106)
    assert.equal(watch(offers.FIREFOX_VIEWER, h264('640028')).sent[0]?.payloadType, 126)
  })

  test('[SDP8] a section without a track of ours is refused, and stays out of the bundle', () => {
    const { sdp, sent } = watch(offers.CHROME_VIEWER, VP8)
    assert.equal(sent.length, 1)
    assert.match(sdp, /m=audio 0 /)
    assert.deepEqual(linesOf(sdp, 'a=group:BUNDLE'), ['a=group:BUNDLE 1'])
  })

  test('[SDP9] a viewer that cannot take the codec is told what both sides speak', () => {
    const only = offers.FIREFOX_VIEWER.replaceAll(/(VP8|VP9)/g, 'H265')
    assert.throws(
      () => watch(only, OPUS, VP8),
      (error) => error instanceof NoCommonCodecError && /sends VP8.*takes H264/.test(error.message),
    )
    assert.throws(() => watch(offers.CHROME_PUBLISHER, OPUS, VP8), /recvonly/)
  })

  test('[SDP10] what is sent is announced with its SSRC', () => {
    const { sdp, sent } = watch(offers.CHROME_VIEWER, OPUS, VP8)
    assert.deepEqual(
      linesOf(sdp, 'a=ssrc:'),
      sent.map(({ ssrc }) => `a=ssrc:${ssrc} cname:klieg`),
    )
    assert.equal(linesOf(sdp, 'a=sendonly').length, 2)
  })
})

describe('parseSessionDescription', () => {
  const wrong: [string, string, RegExp][] = [
    ['no SDP', 'hello', /v=0/],
    ['nothing', '', /v=0/],
    ['one that is too long', `v=0\r\n${'a=x\r\n'.repeat(30_000)}`, /bytes/],
    ['one of too many lines', `v=0\r\n${'a=x\n'.repeat(10_000)}`, /lines/],
    ['500 m-lines', `v=0\r\n${'m=video 9 RTP 96\n'.repeat(500)}`, /media sections/],
    ['one without credentials', offers.OBS.replaceAll(/a=ice-.*\r\n/g, ''), /ICE credentials/],
    ['one without a fingerprint', offers.OBS.replaceAll(/a=fingerprint.*\r\n/g, ''), /fingerprint/],
    ['one without media', 'v=0\r\n', /media section/],
    ['an endless line', `v=0\r\na=${'x'.repeat(10_000)}\r\n`, /too long/],
  ]
  for (const [what, text, message] of wrong)
    test(`[SDP11] ${what} is an SdpError that says why`, () => {
      assert.throws(
        () => parseSessionDescription(text),
        (error) => error instanceof SdpError && message.test(error.message),
      )
    })

  test('[SDP12] whatever the text, there is a description or an SdpError, and no answer has a line that we did not write', () => {
    const known = Object.values(offers)
    const mutated = fc
      .tuple(
        fc.constantFrom(...known),
        fc.array(fc.tuple(fc.nat(4000), fc.string({ maxLength: 12 })), { maxLength: 8 }),
      )
      .map(([text, edits]) =>
        edits.reduce((now, [at, piece]) => now.slice(0, at) + piece + now.slice(at + piece.length), text),
      )
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: 'binary' })), (text) => {
        for (const answer of [publish, (offer: string) => watch(offer, OPUS, VP8)]) {
          try {
            for (const line of answer(text).sdp.split('\r\n').slice(0, -1))
              assert.match(line, /^[a-z]=[^\r\n]*$/)
          } catch (error) {
            assert.ok(error instanceof SdpError, String(error))
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
