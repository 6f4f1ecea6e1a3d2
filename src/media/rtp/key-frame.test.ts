import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import type { Codec } from '../codec.ts'
import { CHROMIUM_AV1, CHROMIUM_H264, CHROMIUM_VP8, CHROMIUM_VP9 } from './fixtures/chromium.ts'
import { FFMPEG_H264, FFMPEG_H264_B_FRAMES, FFMPEG_OPUS, FFMPEG_VP8, FFMPEG_VP9 } from './fixtures/ffmpeg.ts'
import { packetsOf, type RecordedStream } from './fixtures/recorded-stream.ts'
import { startsKeyFrame } from './key-frame.ts'
import { timestampOf } from './packet.ts'

const VIDEO = {
  CHROMIUM_AV1,
  CHROMIUM_H264,
  CHROMIUM_VP8,
  CHROMIUM_VP9,
  FFMPEG_H264,
  FFMPEG_H264_B_FRAMES,
  FFMPEG_VP8,
  FFMPEG_VP9,
}

function starts(codec: Codec, ...payload: number[]): boolean {
  return startsKeyFrame(codec, rtpPacket({ payload: Buffer.from(payload) }))
}

/** Timestamps of the units that are key frames, by what the sender wrote to a file. */
function keyTimestamps(stream: RecordedStream): number[] {
  const timestamps = [...new Set(packetsOf(stream).map(timestampOf))]
  return timestamps.filter((_, index) => stream.units[index]?.keyFrame)
}

describe('startsKeyFrame', () => {
  for (const [name, stream] of Object.entries(VIDEO)) {
    test(`[RTP7] ${name}: the first packet of each key frame`, () => {
      const packets = packetsOf(stream)
      const found = packets.filter((packet) => startsKeyFrame(stream.codec, packet))
      const firsts = found.filter(
        (packet, index) => timestampOf(packet) !== timestampOf(found[index - 1] ?? packet),
      )

      assert.deepEqual([...new Set(found.map(timestampOf))], keyTimestamps(stream))
      assert.equal(startsKeyFrame(stream.codec, packets[0]!), true)
      for (const packet of firsts) {
        const before = packets[packets.indexOf(packet) - 1]
        assert.notEqual(before && timestampOf(before), timestampOf(packet))
      }
    })
  }

  test('[RTP7] no packet of audio is one', () => {
    for (const packet of packetsOf(FFMPEG_OPUS)) {
      assert.equal(startsKeyFrame('opus', packet), false)
      assert.equal(startsKeyFrame('AAC', packet), false)
    }
  })

  test('[RTP7] H264: parameter sets and first slices of an IDR picture, alone, together or in fragments', () => {
    assert.equal(starts('H264', 0x67, 0x42, 0xe0, 0x1f), true)
    assert.equal(starts('H264', 0x65, 0x88, 0x84), true)
    assert.equal(starts('H264', 0x65, 0x08, 0x84), false, 'a later slice of it')
    assert.equal(starts('H264', 0x41, 0x9a, 0x00), false)
    assert.equal(starts('H264', 0x68, 0xce, 0x3c, 0x80), false, 'a picture parameter set by itself')
    assert.equal(starts('H264', 0x7c, 0x85, 0x88), true)
    assert.equal(starts('H264', 0x7c, 0x05, 0x88), false, 'a later fragment')
    assert.equal(starts('H264', 0x7c, 0x81, 0x88), false, 'a fragment of another picture')
    assert.equal(starts('H264', 0x78, 0, 2, 0x06, 0x01, 0, 4, 0x67, 0x42, 0xe0, 0x1f), true)
    assert.equal(starts('H264', 0x78, 0, 2, 0x09, 0x10, 0, 2, 0x41, 0x9a), false)
  })

  test('[RTP7] VP8: the start of the first partition of a key frame', () => {
    assert.equal(starts('VP8', 0x10, 0x00), true)
    assert.equal(starts('VP8', 0x10, 0x01), false)
    assert.equal(starts('VP8', 0x00, 0x00), false)
    assert.equal(starts('VP8', 0x11, 0x00), false, 'another partition')
    assert.equal(starts('VP8', 0x90, 0xf0, 0x81, 0x00, 0x01, 0x20, 0x00), true)
  })

  test('[RTP7] VP9: the lowest spatial layer of a picture without prediction', () => {
    assert.equal(starts('VP9', 0x08, 0x82), true)
    assert.equal(starts('VP9', 0x48, 0x82), false, 'predicted')
    assert.equal(starts('VP9', 0x00, 0x82), false, 'not the start')
    assert.equal(starts('VP9', 0x08, 0x86), false, 'intra-only, not a key frame')
    assert.equal(starts('VP9', 0xa8, 0x81, 0x02, 0x01, 0x00, 0x82), true)
    assert.equal(starts('VP9', 0xa8, 0x81, 0x02, 0x03, 0x00, 0x82), false, 'a higher layer')
  })

  test('[RTP7] AV1: a new coded video sequence, by the N bit or a sequence header', () => {
    assert.equal(starts('AV1', 0x18, 0x32, 0x10), true)
    assert.equal(starts('AV1', 0x98, 0x32, 0x10), false, 'continues')
    assert.equal(starts('AV1', 0x10, 0x32, 0x10), false)
    assert.equal(starts('AV1', 0x20, 0x02, 0x08, 0x00, 0x32, 0x10), true)
    assert.equal(starts('AV1', 0x00, 0x01, 0x12, 0x02, 0x08, 0x00), true, 'without a count')
    assert.equal(
      starts('AV1', 0xa0, 0x02, 0x08, 0x00, 0x32, 0x10),
      false,
      'the rest of an OBU only looks like it',
    )
  })

  test('[RTP9] a packet that is cut short begins none', () => {
    const cut: [Codec, number[]][] = [
      ['H264', []],
      ['H264', [0x67]],
      ['H264', [0x65]],
      ['H264', [0x7c, 0x85]],
      ['H264', [0x78, 0, 4, 0x67, 0x42, 0xe0]],
      ['H264', [0x78, 0, 0, 0x67]],
      ['VP8', [0x10]],
      ['VP8', [0x90, 0x80, 0x81, 0x00]],
      ['VP9', [0x08]],
      ['VP9', [0x0a, 0x18, 0x01]],
      ['AV1', [0x08]],
      ['AV1', [0x20, 0x05, 0x08, 0x00]],
      ['AV1', [0x00, 0x80]],
    ]
    for (const [codec, payload] of cut)
      assert.equal(starts(codec, ...payload), false, `${codec} ${payload.join()}`)
    for (let length = 0; length <= 12; length++)
      assert.equal(startsKeyFrame('H264', packetsOf(FFMPEG_H264)[0]!.subarray(0, length)), false)
  })

  test('[RTP8] it allocates nothing', () => {
    const streams = Object.values(VIDEO).map((stream) => ({
      codec: stream.codec,
      packets: packetsOf(stream),
    }))
    let next = 0
    const run = () => {
      const stream = streams[next % streams.length]!
      const packet = stream.packets[next++ % stream.packets.length]!
      return startsKeyFrame(stream.codec, packet)
    }

    assert.ok(allocatedBytesPerCall(run) < 1)
  })
})
