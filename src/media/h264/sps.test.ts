import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BitWriter } from '../../../test/support/bit-writer.ts'
import { CHROMIUM_H264 } from '../rtp/fixtures/chromium.ts'
import { FFMPEG_H264, FFMPEG_H264_B_FRAMES } from '../rtp/fixtures/ffmpeg.ts'
import { packetsOf, type RecordedStream } from '../rtp/fixtures/recorded-stream.ts'
import { nalType } from './nal.ts'
import { parameterSetsOf } from './parameter-sets.ts'
import { parseSps } from './sps.ts'

const HIGH_PROFILES = [100, 110, 122, 244]

const options = fc.record({
  profile: fc.constantFrom(66, 77, 100, 122, 244),
  constraints: fc.integer({ min: 0, max: 255 }),
  level: fc.constantFrom(10, 31, 52),
  chromaFormat: fc.integer({ min: 0, max: 3 }),
  bitDepth: fc.constantFrom(8, 10, 14),
  scalingLists: fc.boolean(),
  orderCountType: fc.integer({ min: 0, max: 2 }),
  columns: fc.integer({ min: 2, max: 500 }),
  rows: fc.integer({ min: 2, max: 300 }),
  interlaced: fc.boolean(),
  crop: fc.option(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }), {
    nil: undefined,
  }),
  vui: fc.option(
    fc.record({
      aspectRatio: fc.option(fc.constantFrom(1, 14, 17, 255), { nil: undefined }),
      display: fc.boolean(),
      frameRate: fc.option(fc.constantFrom(15, 30, 59.94, 120), { nil: undefined }),
      hrd: fc.constantFrom('none', 'nal', 'both'),
      reorderFrames: fc.option(fc.integer({ min: 0, max: 16 }), { nil: undefined }),
    }),
    { nil: undefined },
  ),
})
type Options = typeof options extends fc.Arbitrary<infer Value> ? Value : never

/** seq_parameter_set_data() as H.264 §7.3.2.1.1 writes it. */
function writeSps(sps: Options): Buffer {
  const bits = new BitWriter().write(sps.profile, 8).write(sps.constraints, 8).write(sps.level, 8).unsigned(0)
  if (HIGH_PROFILES.includes(sps.profile)) writeChroma(bits, sps)
  bits.unsigned(4).unsigned(sps.orderCountType)
  if (sps.orderCountType === 0) bits.unsigned(2)
  if (sps.orderCountType === 1) bits.flag(false).signed(-3).signed(4).unsigned(2).signed(-70).signed(0)
  bits.unsigned(4).flag(false)
  bits
    .unsigned(sps.columns - 1)
    .unsigned(sps.rows - 1)
    .flag(!sps.interlaced)
  if (sps.interlaced) bits.flag(true)
  bits.flag(true).flag(sps.crop !== undefined)
  for (const edge of sps.crop ?? []) bits.unsigned(edge)
  bits.flag(sps.vui !== undefined)
  if (sps.vui) writeVui(bits, sps.vui)
  bits.flag(true) // rbsp_stop_one_bit
  return withEmulationPrevention(Buffer.concat([Buffer.of(0x67), bits.bytes()]))
}

function writeChroma(bits: BitWriter, sps: Options): void {
  bits.unsigned(sps.chromaFormat)
  if (sps.chromaFormat === 3) bits.flag(false)
  bits
    .unsigned(sps.bitDepth - 8)
    .unsigned(0)
    .flag(false)
    .flag(sps.scalingLists)
  if (!sps.scalingLists) return
  bits.flag(true)
  for (let i = 0; i < 16; i++) bits.signed((i % 3) - 1)
  bits.flag(true).signed(-8) // next scale 0: the rest is the default
  for (let list = 2; list < (sps.chromaFormat === 3 ? 12 : 8); list++) bits.flag(false)
}

function writeVui(bits: BitWriter, vui: NonNullable<Options['vui']>): void {
  bits.flag(vui.aspectRatio !== undefined)
  if (vui.aspectRatio !== undefined) bits.write(vui.aspectRatio, 8)
  if (vui.aspectRatio === 255) bits.write(4, 16).write(3, 16)
  bits.flag(vui.display)
  if (vui.display) bits.flag(true)
  bits.flag(vui.display)
  if (vui.display) bits.write(5, 3).flag(false).flag(true).write(0x010101, 24)
  bits.flag(vui.display)
  if (vui.display) bits.unsigned(1).unsigned(1)
  bits.flag(vui.frameRate !== undefined)
  if (vui.frameRate !== undefined)
    bits
      .write(1000, 32)
      .write(vui.frameRate * 2000, 32)
      .flag(true)
  const hrds = { none: [false, false], nal: [true, false], both: [true, true] }[vui.hrd]
  for (const hrd of hrds) {
    bits.flag(hrd)
    if (hrd)
      bits
        .unsigned(1)
        .write(0x12, 8)
        .unsigned(9)
        .unsigned(8)
        .flag(true)
        .unsigned(7)
        .unsigned(6)
        .flag(false)
        .write(0, 20)
  }
  if (vui.hrd !== 'none') bits.flag(false)
  bits.flag(true).flag(vui.reorderFrames !== undefined)
  if (vui.reorderFrames !== undefined)
    bits.flag(true).unsigned(0).unsigned(0).unsigned(11).unsigned(11).unsigned(vui.reorderFrames).unsigned(16)
}

function withEmulationPrevention(bytes: Buffer): Buffer {
  const escaped: number[] = []
  for (const byte of bytes) {
    if (escaped.at(-1) === 0 && escaped.at(-2) === 0 && byte <= 3) escaped.push(3)
    escaped.push(byte)
  }
  return Buffer.from(escaped)
}

function sizeOf(sps: Options) {
  const format = HIGH_PROFILES.includes(sps.profile) ? sps.chromaFormat : 1
  const fields = sps.interlaced ? 2 : 1
  const unitX = format === 1 || format === 2 ? 2 : 1
  const unitY = (format === 1 ? 2 : 1) * fields
  const [left = 0, right = 0, top = 0, bottom = 0] = sps.crop ?? []
  return {
    width: sps.columns * 16 - unitX * (left + right),
    height: sps.rows * 16 * fields - unitY * (top + bottom),
  }
}

function formatOf(sps: Options) {
  const high = HIGH_PROFILES.includes(sps.profile)
  return {
    chromaFormat: high ? sps.chromaFormat : 1,
    bitDepthLuma: high ? sps.bitDepth : 8,
    bitDepthChroma: 8,
  }
}

const PLAIN_FORMAT = { chromaFormat: 1, bitDepthLuma: 8, bitDepthChroma: 8 }

function spsOf(stream: RecordedStream) {
  const [sps] = packetsOf(stream)
    .flatMap(parameterSetsOf)
    .filter((set) => nalType(set[0] ?? 0) === 7)
  return sps && parseSps(sps)
}

describe('parseSps', () => {
  test('[H264R3] it tells what was written, whatever the options', () => {
    const property = fc.property(options, (sps) => {
      const parsed = parseSps(writeSps(sps))
      const { vui } = sps
      const reorder = vui?.reorderFrames ?? (sps.orderCountType === 2 ? 0 : undefined)

      assert.deepEqual(parsed, {
        ...sizeOf(sps),
        ...formatOf(sps),
        profileLevelId: Buffer.of(sps.profile, sps.constraints, sps.level).toString('hex'),
        ...(vui?.aspectRatio === 255 && { pixelAspect: [4, 3] }),
        ...(vui?.aspectRatio === 14 && { pixelAspect: [4, 3] }),
        ...(vui?.frameRate !== undefined && { frameRate: vui.frameRate }),
        ...(reorder !== undefined && { maxReorderFrames: reorder }),
      })
    })
    fc.assert(property, { numRuns: 500 })
  })

  test('[H264R3] real encoders', () => {
    assert.deepEqual(spsOf(FFMPEG_H264), {
      ...PLAIN_FORMAT,
      width: 64,
      height: 48,
      profileLevelId: '42c00a',
      frameRate: 15,
      maxReorderFrames: 0,
    })
    assert.deepEqual(spsOf(FFMPEG_H264_B_FRAMES), {
      ...PLAIN_FORMAT,
      width: 64,
      height: 48,
      profileLevelId: '64000a',
      frameRate: 15,
      maxReorderFrames: 2,
    })
    assert.deepEqual(spsOf(CHROMIUM_H264), {
      ...PLAIN_FORMAT,
      width: 128,
      height: 96,
      profileLevelId: '42c00b',
      maxReorderFrames: 0,
    })
  })

  test('[H264R4] one that is cut short or absurd tells nothing', () => {
    const whole = Buffer.from('6742c00ada11ec0440', 'hex')
    for (let length = 0; length < 7; length++) assert.equal(parseSps(whole.subarray(0, length)), undefined)
    assert.equal(parseSps(Buffer.alloc(64)), undefined)
    assert.equal(parseSps(Buffer.alloc(64, 0xff)), undefined)
    assert.equal(parseSps(hugeSps()), undefined)
  })

  test('[H264R4] no garbage makes a picture that cannot be', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 80, size: 'max' }), (bytes) => {
      const parsed = parseSps(Buffer.concat([Buffer.of(0x67), bytes]))
      if (!parsed) return
      assert.ok(parsed.width > 0 && parsed.width <= 16880 && parsed.height > 0 && parsed.height <= 16880)
      assert.ok((parsed.maxReorderFrames ?? 0) <= 16 && (parsed.frameRate ?? 1) > 0)
      assert.match(parsed.profileLevelId, /^[0-9a-f]{6}$/)
    })
    fc.assert(property, { numRuns: 2000 })
  })
})

function hugeSps(): Buffer {
  const bits = new BitWriter().write(0x42e01f, 24).unsigned(0).unsigned(4).unsigned(2).unsigned(1).flag(false)
  bits.unsigned(60_000).unsigned(60_000).flag(true).flag(true).flag(false).flag(false).flag(true)
  return Buffer.concat([Buffer.of(0x67), bits.bytes()])
}
