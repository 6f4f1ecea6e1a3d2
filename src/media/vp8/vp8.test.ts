import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pictureSizeFromPacket, pictureSizeOf } from '../picture-size.ts'
import { CHROMIUM_VP8 } from '../rtp/fixtures/chromium.ts'
import { packetsOf } from '../rtp/fixtures/recorded-stream.ts'
import { depacketizeVp8 } from './depacketize.ts'
import { vp8DataStart } from './payload-descriptor.ts'

test('[VP8R1] the descriptor is skipped in all its lengths', () => {
  const starts: [number, number[]][] = [
    [1, [0x10]],
    [2, [0x90, 0x00]],
    [3, [0x90, 0x80, 0x7f]],
    [4, [0x90, 0x80, 0xff, 0xff]],
    [3, [0x90, 0x40, 0x01]],
    [3, [0x90, 0x20, 0x01]],
    [3, [0x90, 0x10, 0x01]],
    [3, [0x90, 0x30, 0x01]],
    [6, [0x90, 0xf0, 0x80, 0x01, 0x02, 0x03]],
  ]
  for (const [start, descriptor] of starts) {
    assert.equal(vp8DataStart(Buffer.from([...descriptor, 0xda]), 0, descriptor.length + 1), start)
    assert.equal(vp8DataStart(Buffer.from(descriptor), 0, descriptor.length), -1)
  }
})

test('[VP8R2] a key frame tells its size, without the scaling bits', () => {
  const header = Buffer.from([0x50, 0x01, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0xe0, 0x81])

  assert.deepEqual(pictureSizeOf('VP8', header), { width: 640, height: 480 })
  assert.deepEqual(pictureSizeFromPacket('VP8', packetsOf(CHROMIUM_VP8)[0]!), { width: 128, height: 96 })
  assert.equal(pictureSizeFromPacket('VP8', packetsOf(CHROMIUM_VP8)[1]!), undefined)
  for (let length = 0; length < 10; length++)
    assert.equal(pictureSizeOf('VP8', header.subarray(0, length)), undefined)
  assert.equal(pictureSizeOf('VP8', Buffer.from([0x51, ...header.subarray(1)])), undefined, 'no key frame')
  assert.equal(pictureSizeOf('VP8', Buffer.alloc(10)), undefined, 'no start code')
})

test('[VP8R3] one timestamp holds one frame', () => {
  const frame = [Buffer.from([0x10, 0x00]), Buffer.from([0x00, 0x01])]

  assert.deepEqual(depacketizeVp8(frame), { data: Buffer.from([0x00, 0x01]), keyFrame: true })
  assert.equal(depacketizeVp8([...frame, ...frame]), undefined)
  assert.equal(depacketizeVp8([Buffer.from([0x00, 0x01])]), undefined)
  assert.equal(depacketizeVp8([Buffer.from([0x10])]), undefined)
  assert.equal(depacketizeVp8([]), undefined)
})
