import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { CHROMIUM_H264 } from '../rtp/fixtures/chromium.ts'
import { FFMPEG_H264, FFMPEG_H264_B_FRAMES } from '../rtp/fixtures/ffmpeg.ts'
import { packetsOf, type RecordedStream } from '../rtp/fixtures/recorded-stream.ts'
import { UnitAssembler } from '../rtp/unit-assembler.ts'
import { hasBFrames, isBSlice } from './b-frames.ts'

const startsBSlice = (...payload: number[]) => isBSlice(rtpPacket({ payload: Buffer.from(payload) }))

/** One letter per unit in the order of decoding. */
function picturesOf(stream: RecordedStream): string {
  let pictures = ''
  const assembler = new UnitAssembler({
    codec: 'H264',
    maxWait: 100,
    onUnit: ({ data, keyFrame }) => (pictures += hasBFrames(data) ? 'B' : keyFrame ? 'I' : 'P'),
  })
  for (const packet of packetsOf(stream)) assembler.push(packet, 0)
  return pictures
}

describe('B-frames', () => {
  test('[H264R5] they are found in access units', () => {
    assert.equal(picturesOf(FFMPEG_H264_B_FRAMES), 'IPBBPBBPBB')
    assert.equal(picturesOf(FFMPEG_H264), 'IPPPIPPPI')
    assert.match(picturesOf(CHROMIUM_H264), /^IP+$/)
  })

  test('[H264R5] they are found in single packets', () => {
    assert.ok(packetsOf(FFMPEG_H264_B_FRAMES).some(isBSlice))
    for (const packet of [...packetsOf(FFMPEG_H264), ...packetsOf(CHROMIUM_H264)])
      assert.equal(isBSlice(packet), false)
  })

  test('[H264R5] alone, together or in fragments', () => {
    // first_mb_in_slice 0 is 1; slice_type 1 is 010, 6 is 00111, 0 is 1, 5 is 00110
    assert.equal(startsBSlice(0x01, 0b10100000), true)
    assert.equal(startsBSlice(0x01, 0b10011100), true)
    assert.equal(startsBSlice(0x41, 0b11000000), false)
    assert.equal(startsBSlice(0x41, 0b10011000), false)
    assert.equal(startsBSlice(0x01, 0b00110010, 0b10000000), true, 'a later slice, from macroblock 5')
    assert.equal(startsBSlice(0x1c, 0x81, 0b10100000), true)
    assert.equal(startsBSlice(0x1c, 0x01, 0b10100000), false, 'a later fragment')
    assert.equal(startsBSlice(0x1c, 0x86, 0b10100000), false, 'a fragment of something else')
    assert.equal(startsBSlice(0x18, 0, 2, 0x06, 0x01, 0, 2, 0x01, 0b10100000), true)
    assert.equal(startsBSlice(0x06, 0b10100000), false, 'no slice')
  })

  test('[H264R5] what is cut short is none', () => {
    for (const payload of [
      [],
      [0x01],
      [0x01, 0],
      [0x01, 0, 0, 0, 0, 0, 0],
      [0x1c],
      [0x1c, 0x81],
      [0x18, 0, 9, 0x01],
    ])
      assert.equal(startsBSlice(...payload), false)
    assert.equal(hasBFrames(Buffer.from([0, 0, 0, 9, 0x01, 0b10100000])), false)
  })

  test('[H264R7] looking for them allocates nothing', () => {
    const packets = [...packetsOf(FFMPEG_H264_B_FRAMES), ...packetsOf(FFMPEG_H264)]
    let next = 0

    assert.ok(allocatedBytesPerCall(() => isBSlice(packets[next++ % packets.length]!)) < 1)
  })
})
