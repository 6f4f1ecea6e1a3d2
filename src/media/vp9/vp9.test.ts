import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitWriter } from '../../../test/support/bit-writer.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { pictureSizeFromPacket, pictureSizeOf } from '../picture-size.ts'
import { CHROMIUM_VP9 } from '../rtp/fixtures/chromium.ts'
import { FFMPEG_VP9 } from '../rtp/fixtures/ffmpeg.ts'
import { packetsOf } from '../rtp/fixtures/recorded-stream.ts'
import { depacketizeVp9, startsVp9Unit } from './depacketize.ts'
import { vp9DataStart } from './payload-descriptor.ts'

/** uncompressed_header() of a key frame up to its size. */
function keyFrame(profile: number, width: number, height: number, { rgb = false } = {}): Buffer {
  const bits = new BitWriter()
    .write(2, 2)
    .write(profile & 1, 1)
    .write(profile >> 1, 1)
  if (profile === 3) bits.flag(false)
  bits.write(0b0010, 4).write(0x498342, 24)
  if (profile >= 2) bits.flag(false)
  bits.write(rgb ? 7 : 2, 3)
  const subsampling = profile === 1 || profile === 3
  if (rgb) bits.write(0, subsampling ? 1 : 0)
  else bits.write(0, subsampling ? 4 : 1)
  return bits
    .write(width - 1, 16)
    .write(height - 1, 16)
    .bytes()
}

test('[VP9R1] the descriptor is skipped in all its lengths', () => {
  const starts: [number, number[]][] = [
    [1, [0x08]],
    [2, [0x88, 0x7f]],
    [3, [0x88, 0xff, 0xff]],
    [5, [0xa8, 0x80, 0x01, 0x00, 0x05]], // layer indices and TL0PICIDX
    [4, [0xb8, 0x80, 0x01, 0x00]], // flexible: no TL0PICIDX
    [3, [0xd8, 0x01, 0x02]], // one reference
    [5, [0xd8, 0x01, 0x03, 0x03, 0x02]], // three
    [5, [0xd8, 0x01, 0x03, 0x03, 0x03]], // never more
    [3, [0x8a, 0x01, 0x00]], // an empty scalability structure
    [11, [0x8a, 0x01, 0x30, 1, 64, 0, 240, 2, 128, 1, 224]], // two sizes
    [9, [0x8a, 0x01, 0x08, 2, 0x04, 1, 0x08, 1]], // a picture group, cut: references reach further
    [9, [0x8a, 0x01, 0x08, 2, 0x04, 1, 0x08, 1, 2]],
  ]
  for (const [start, descriptor] of starts) {
    const whole = start === descriptor.length
    assert.equal(
      vp9DataStart(Buffer.from([...descriptor, 0xda]), 0, descriptor.length + 1),
      whole ? start : -1,
    )
    assert.equal(vp9DataStart(Buffer.from(descriptor), 0, descriptor.length), -1)
  }
})

test('[VP9R2] a key frame tells its size in every profile', () => {
  for (const profile of [0, 1, 2, 3])
    assert.deepEqual(pictureSizeOf('VP9', keyFrame(profile, 1920, 1080)), { width: 1920, height: 1080 })
  assert.deepEqual(pictureSizeOf('VP9', keyFrame(1, 640, 360, { rgb: true })), { width: 640, height: 360 })
  assert.equal(pictureSizeOf('VP9', keyFrame(0, 640, 360).subarray(0, 8)), undefined)
  assert.equal(pictureSizeOf('VP9', Buffer.from([0x86, 0, 0, 0, 0, 0, 0, 0, 0, 0])), undefined)
  assert.equal(pictureSizeOf('VP9', Buffer.from([0x82, 0, 0, 0, 0, 0, 0, 0, 0, 0])), undefined)
})

test('[VP9R2] a packet tells it by key frame or scalability structure, whose highest layer counts', () => {
  const structure = Buffer.from([0x0a, 0x30, 1, 64, 0, 180, 2, 128, 1, 104])
  const packet = rtpPacket({ payload: Buffer.concat([structure, keyFrame(0, 320, 180)]) })

  assert.deepEqual(pictureSizeFromPacket('VP9', packet), { width: 640, height: 360 })
  assert.deepEqual(pictureSizeFromPacket('VP9', packetsOf(CHROMIUM_VP9)[0]!), { width: 128, height: 96 })
  assert.deepEqual(pictureSizeFromPacket('VP9', packetsOf(FFMPEG_VP9)[0]!), { width: 64, height: 48 })
  assert.equal(pictureSizeFromPacket('VP9', packetsOf(FFMPEG_VP9)[1]!), undefined)
})

test('[VP9R3] the frames of spatial layers become one superframe', () => {
  const lower = [Buffer.from([0xa8, 1, 0x00, 0, 0x82, 11]), Buffer.from([0xa4, 1, 0x00, 0, 12])]
  const upper = [Buffer.from([0xac, 1, 0x03, 0, 0x86, 21])]
  const unit = depacketizeVp9([...lower, ...upper])

  const index = [0xd9, 3, 0, 0, 0, 2, 0, 0, 0, 0xd9]
  assert.deepEqual(unit, { data: Buffer.from([0x82, 11, 12, 0x86, 21, ...index]), keyFrame: true })
  assert.deepEqual(depacketizeVp9(lower)?.data, Buffer.from([0x82, 11, 12]))
})

test('[VP9R3] [JIT12] what begins with no frame, or has too many, makes no picture', () => {
  const frame = Buffer.from([0x0c, 0x82])

  assert.equal(depacketizeVp9([Buffer.from([0x04, 0x82]), frame]), undefined)
  assert.ok(depacketizeVp9(new Array<Buffer>(8).fill(frame)))
  assert.equal(depacketizeVp9(new Array<Buffer>(9).fill(frame)), undefined)
  assert.equal(depacketizeVp9([Buffer.from([0x0c])]), undefined)
  assert.equal(depacketizeVp9([]), undefined)
})

test('[VP9R4] only the lowest spatial layer begins a picture', () => {
  assert.ok(startsVp9Unit(Buffer.from([0x08, 0x82])))
  assert.ok(startsVp9Unit(Buffer.from([0xa8, 1, 0x20, 0, 0x82])))
  assert.ok(!startsVp9Unit(Buffer.from([0xa8, 1, 0x22, 0, 0x82])))
  assert.ok(!startsVp9Unit(Buffer.from([0x04, 0x82])))
  assert.ok(!startsVp9Unit(Buffer.from([0xa8, 1])))
})
