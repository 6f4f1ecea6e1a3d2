import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import type { AccessUnit } from '../access-unit.ts'
import type { Codec } from '../codec.ts'
import { CHROMIUM_AV1, CHROMIUM_H264, CHROMIUM_VP8, CHROMIUM_VP9 } from './fixtures/chromium.ts'
import { FFMPEG_H264, FFMPEG_H264_B_FRAMES, FFMPEG_OPUS, FFMPEG_VP8, FFMPEG_VP9 } from './fixtures/ffmpeg.ts'
import { packetsOf } from './fixtures/recorded-stream.ts'
import { timestampOf } from './packet.ts'
import { UnitAssembler } from './unit-assembler.ts'

const STREAMS = {
  CHROMIUM_AV1,
  CHROMIUM_H264,
  CHROMIUM_VP8,
  CHROMIUM_VP9,
  FFMPEG_H264,
  FFMPEG_H264_B_FRAMES,
  FFMPEG_OPUS,
  FFMPEG_VP8,
  FFMPEG_VP9,
}

function setUp(codec: Codec) {
  const units: AccessUnit[] = []
  const assembler = new UnitAssembler({ codec, maxWait: 100, onUnit: (unit) => units.push(unit) })
  let sequence = 0
  const push = (
    payload: number[] | Buffer,
    timestamp: number,
    { marker = true, skip = 0, padding = 0 } = {},
  ) => {
    sequence += skip
    const fields = { payload: Buffer.from(payload), timestamp, marker, padding, sequence: sequence++ }
    assembler.push(rtpPacket(fields), sequence * 1000)
  }
  return { units, assembler, push }
}

const KEY = [0x10, 0x00, 1, 2, 3]
const INTER = [0x10, 0x01, 4, 5]

describe('UnitAssembler', () => {
  for (const [name, stream] of Object.entries(STREAMS)) {
    test(`[RTP12] ${name}: exactly what the sender's encoder made`, () => {
      const { units, assembler } = setUp(stream.codec)
      const packets = packetsOf(stream)
      for (const [index, packet] of packets.entries()) assembler.push(packet, index)

      const made = units.map(({ keyFrame, data }) => ({
        keyFrame,
        sha256: createHash('sha256').update(data).digest('hex'),
      }))
      assert.deepEqual(made, stream.units)
      assert.deepEqual(
        units.map(({ timestamp }) => timestamp),
        [...new Set(packets.map(timestampOf))],
      )
      assert.ok(units.every(({ afterLoss }) => !afterLoss))
    })
  }

  test('[RTP13] a codec without an RTP form is refused', () => {
    assert.throws(() => new UnitAssembler({ codec: 'AAC', maxWait: 1, onUnit: () => {} }), /AAC/)
  })

  test('[JIT6] the marker gives a unit out at once, another timestamp the one before', () => {
    const { units, push } = setUp('VP8')
    push(KEY, 1000)
    assert.equal(units.length, 1)

    push(INTER, 4000, { marker: false })
    push([0x00, 9], 4000, { marker: false })
    assert.equal(units.length, 1)
    push(INTER, 7000)
    assert.deepEqual(
      units.map(({ data }) => [...data]),
      [
        [0, 1, 2, 3],
        [1, 4, 5, 9],
        [1, 4, 5],
      ],
    )
  })

  test('[JIT7] timestamps count on when they wrap, and may go back for pictures out of order', () => {
    const { units, push } = setUp('VP8')
    for (const timestamp of [0xfffffff0, 0x10, 0xfffffff8, 0x20]) push(KEY, timestamp)

    const expected = [0xfffffff0, 2 ** 32 + 0x10, 0xfffffff8, 2 ** 32 + 0x20]
    assert.deepEqual(
      units.map(({ timestamp }) => timestamp),
      expected,
    )
  })

  test('[JIT7] also below the first', () => {
    const { units, push } = setUp('VP8')
    for (const timestamp of [10, 2 ** 32 - 10, 20]) push(KEY, timestamp)

    assert.deepEqual(
      units.map(({ timestamp }) => timestamp),
      [10, -10, 20],
    )
  })

  test('[JIT8] joined in the middle of a picture, it begins with the next one', () => {
    const { units, push } = setUp('VP8')
    push([0x00, 7], 1000)
    push(INTER, 2000)
    push(INTER, 3000)
    push(KEY, 4000)

    assert.deepEqual(
      units.map(({ timestamp, afterLoss }) => [timestamp, afterLoss]),
      [
        [2000, true],
        [3000, false],
        [4000, false],
      ],
    )
  })

  test('[JIT8] joined at a key frame, nothing is missing', () => {
    const { units, push } = setUp('VP8')
    push([0x00, 7], 1000)
    push(KEY, 2000)

    assert.deepEqual(
      units.map(({ timestamp, afterLoss }) => [timestamp, afterLoss]),
      [[2000, false]],
    )
  })

  test('[JIT5] a lost picture is told by the next one only', () => {
    const { units, push } = setUp('VP8')
    push(KEY, 1000)
    push(INTER, 3000, { skip: 1 })
    push(INTER, 4000)

    assert.deepEqual(
      units.map(({ afterLoss }) => afterLoss),
      [false, true, false],
    )
  })

  test('[JIT5] H264: after a loss, a picture that need not be whole is left out', () => {
    const { units, push } = setUp('H264')
    push([0x67, 0x42, 0xe0, 0x1f], 1000, { marker: false })
    push([0x65, 0x88], 1000)
    push([0x41, 0x9a], 4000, { skip: 1 })
    push([0x41, 0x9a], 7000)

    assert.deepEqual(
      units.map(({ timestamp, afterLoss }) => [timestamp, afterLoss]),
      [
        [1000, false],
        [7000, true],
      ],
    )
  })

  test('[JIT9] a unit without end is given up', () => {
    const { units, push } = setUp('VP8')
    push(KEY, 1000)
    const part = Buffer.alloc(60_000)
    push(INTER, 2000, { marker: false })
    for (let bytes = 0; bytes <= 8 * 1024 * 1024; bytes += part.length) push(part, 2000, { marker: false })
    push(INTER, 3000)
    for (let packets = 0; packets <= 8192; packets++)
      push([0x00, 1], 4000 + (packets === 0 ? 0 : 1), { marker: false })
    push(INTER, 5000)

    assert.deepEqual(
      units.map(({ timestamp, afterLoss }) => [timestamp, afterLoss]),
      [
        [1000, false],
        [3000, true],
        [5000, true],
      ],
    )
  })

  test('[JIT10] the buffer of a packet may be reused at once', () => {
    const { units, assembler } = setUp('VP8')
    const scratch = Buffer.alloc(100)
    const pushReused = (packet: Buffer) => {
      packet.copy(scratch)
      assembler.push(scratch.subarray(0, packet.length), 0)
      scratch.fill(0xff)
    }
    pushReused(rtpPacket({ sequence: 1, payload: Buffer.from([0x10, 0, 1]) }))
    pushReused(rtpPacket({ sequence: 3, payload: Buffer.from([0x00, 3]), marker: true }))
    pushReused(rtpPacket({ sequence: 2, payload: Buffer.from([0x00, 2]) }))

    assert.deepEqual(
      units.map(({ data }) => [...data]),
      [[0, 1, 2, 3]],
    )
  })

  test('[JIT11] padding between pictures loses nothing', () => {
    const { units, push } = setUp('VP8')
    push(KEY, 1000)
    push([], 1000, { padding: 200, marker: false })
    push([], 1000, { padding: 200, marker: false })
    push(INTER, 4000)
    push([], 4000, { padding: 200, marker: false, skip: 1 })
    push(INTER, 7000)

    assert.deepEqual(
      units.map(({ timestamp, afterLoss }) => [timestamp, afterLoss]),
      [
        [1000, false],
        [4000, false],
        [7000, true],
      ],
    )
  })

  test('[JIT12] a unit that makes no sense is lost', () => {
    const { units, push } = setUp('H264')
    push([0x67, 0x42, 0xe0, 0x1f], 1000)
    push([0x7c, 0x81, 0x9a], 2000)
    push([0x7c, 0x41, 0x9a], 3000)
    push([0x00, 0x00], 4000)
    push([0x78, 0x00, 0x05, 0x41], 5000)
    push([0x41, 0x9a], 6000)

    assert.deepEqual(
      units.map(({ timestamp, afterLoss }) => [timestamp, afterLoss]),
      [
        [1000, true],
        [6000, true],
      ],
    )
  })

  test('[OPUS1] every packet is a unit, whatever its marker and timestamp', () => {
    const { units, push } = setUp('opus')
    push([1, 2], 960, { marker: false })
    push([3], 960)
    push([], 960, { padding: 4 })
    push([4], 1920, { marker: false })

    assert.deepEqual(
      units.map(({ timestamp, keyFrame, data }) => [timestamp, keyFrame, ...data]),
      [
        [960, true, 1, 2],
        [960, true, 3],
        [1920, true, 4],
      ],
    )
  })
})
