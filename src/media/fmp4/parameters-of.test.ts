import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BitWriter } from '../../../test/support/bit-writer.ts'
import { vp9Level } from '../vp9/level.ts'
import { initialization } from './initialization.ts'
import { parametersOf, sameParameters } from './parameters-of.ts'
import { findBoxAt, u32 } from './read-boxes.ts'
import type { TrackParameters } from './track-parameters.ts'

const SPS = Buffer.from('6742c00ada11ec0440', 'hex')
const PPS = Buffer.from('68ce3c80', 'hex')
const IDR = Buffer.from('6588', 'hex')

const unit = (...nals: Buffer[]) =>
  Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, nal.length >> 8, nal.length & 0xff]), nal]))

/** Main profile, square macroblocks of 45×36, pixels of 16:11: PAL as broadcast. */
function wideSps(aspect: readonly [number, number]): Buffer {
  const bits = new BitWriter().write(0x4d001e, 24).unsigned(0).unsigned(4).unsigned(2).unsigned(1).flag(false)
  bits.unsigned(44).unsigned(35).flag(true).flag(true).flag(false)
  bits.flag(true).flag(true).write(255, 8).write(aspect[0], 16).write(aspect[1], 16).write(0, 12)
  return Buffer.concat([Buffer.of(0x67), bits.bytes()])
}

/** Uncompressed header of a key frame (VP9 bitstream specification §6.2). */
function vp9KeyFrame(profile: number, writeColor: (bits: BitWriter) => BitWriter): Buffer {
  const bits = new BitWriter()
    .write(2, 2)
    .write(profile & 1, 1)
    .write(profile >> 1, 1)
  if (profile === 3) bits.flag(false)
  bits.write(0b0010, 4).write(0x498342, 24)
  return writeColor(bits).write(639, 16).write(359, 16).write(0, 8).bytes()
}

describe('parametersOf', () => {
  test('[MP5] H264 tells them by its parameter sets', () => {
    const other = Buffer.from('68ce3c81', 'hex')

    assert.deepEqual(parametersOf('H264', unit(SPS, PPS, IDR)), { codec: 'H264', sps: SPS, pps: [PPS] })
    assert.deepEqual(parametersOf('H264', unit(SPS, PPS, PPS, other, IDR)), {
      codec: 'H264',
      sps: SPS,
      pps: [PPS, other],
    })
  })

  test('[MP5] H264 without parameter sets, or with absurd ones, tells none', () => {
    const sets = (count: number) => Array.from({ length: count }, (_, index) => Buffer.of(0x68, index))
    const units = [
      unit(IDR),
      unit(SPS, IDR),
      unit(PPS, IDR),
      unit(Buffer.of(0x67), PPS, IDR),
      unit(SPS, ...sets(33), IDR),
      unit(SPS, Buffer.concat([PPS, Buffer.alloc(2000)]), IDR),
    ]
    for (const data of units) assert.equal(parametersOf('H264', data), undefined)
    assert.ok(parametersOf('H264', unit(SPS, ...sets(32), IDR)))
  })

  test('[MP5] VP9 tells them in every profile', () => {
    const of = (data: Buffer) => {
      const parameters = parametersOf('VP9', data)
      assert.ok(parameters?.codec === 'VP9')
      const { bitDepth, chromaSubsampling, fullRange, profile } = parameters
      assert.deepEqual([parameters.width, parameters.height, parameters.level], [640, 360, 30])
      return [profile, bitDepth, chromaSubsampling, fullRange]
    }

    assert.deepEqual(of(vp9KeyFrame(0, (bits) => bits.write(2, 3).flag(true))), [0, 8, 1, true])
    assert.deepEqual(of(vp9KeyFrame(1, (bits) => bits.write(2, 3).flag(false).write(0b100, 3))), [
      1,
      8,
      2,
      false,
    ])
    assert.deepEqual(of(vp9KeyFrame(1, (bits) => bits.write(7, 3).flag(false))), [1, 8, 3, true])
    assert.deepEqual(of(vp9KeyFrame(2, (bits) => bits.flag(false).write(2, 3).flag(false))), [
      2,
      10,
      1,
      false,
    ])
    assert.deepEqual(of(vp9KeyFrame(3, (bits) => bits.flag(true).write(2, 3).flag(false).write(0, 3))), [
      3,
      12,
      3,
      false,
    ])
    assert.equal(parametersOf('VP9', Buffer.of(0x86, 0)), undefined)
  })

  test('[MP5] AV1 tells them by its sequence header, Opus always, VP8 and AAC never', () => {
    const sequenceHeader = Buffer.from('0a0a00000003b4ff700be001', 'hex')
    const frame = Buffer.of(0x32, 2, 0x10, 0)

    assert.deepEqual(parametersOf('AV1', Buffer.concat([Buffer.of(0x12, 0), sequenceHeader, frame])), {
      codec: 'AV1',
      sequenceHeader,
    })
    assert.equal(parametersOf('AV1', frame), undefined)
    assert.equal(parametersOf('AV1', Buffer.concat([Buffer.of(0x0a, 2, 0, 0), frame])), undefined)
    assert.deepEqual(parametersOf('opus', Buffer.of(0)), { codec: 'opus', channels: 2, preSkip: 0 })
    assert.equal(parametersOf('VP8', Buffer.alloc(10)), undefined)
    assert.equal(parametersOf('AAC', Buffer.alloc(10)), undefined)
  })

  test('[MP3] pixels that are not square', () => {
    const of = (aspect: readonly [number, number]) =>
      initialization({ codec: 'H264', sps: wideSps(aspect), pps: [PPS] }, { timescale: 90_000 })
    const pal = of([16, 11])
    const at = pal.bytes.indexOf('pasp')
    const tkhd = findBoxAt(pal.bytes, ['moov', 'trak', 'tkhd'], { content: 0, end: pal.bytes.length })

    assert.deepEqual([pal.width, pal.height], [1047, 576])
    assert.deepEqual([u32(pal.bytes, at + 4), u32(pal.bytes, at + 8)], [16, 11])
    assert.equal(u32(pal.bytes, tkhd!.end - 8), 1047 * 0x10000)
    assert.equal(of([1, 1]).bytes.indexOf('pasp'), -1)
    assert.equal(of([60_000, 1]).width, 720, 'an aspect that no screen has')
  })
})

test('[MP6] parameters are the same if the header would be', () => {
  const all: TrackParameters[] = [
    { codec: 'H264', sps: SPS, pps: [PPS] },
    { codec: 'H264', sps: SPS, pps: [PPS, Buffer.of(0x68)] },
    { codec: 'H264', sps: wideSps([16, 11]), pps: [PPS] },
    parametersOf(
      'VP9',
      vp9KeyFrame(0, (bits) => bits.write(2, 3).flag(true)),
    )!,
    parametersOf(
      'VP9',
      vp9KeyFrame(0, (bits) => bits.write(2, 3).flag(false)),
    )!,
    { codec: 'AV1', sequenceHeader: Buffer.from('0a0a00000003b4ff700be001', 'hex') },
    { codec: 'AV1', sequenceHeader: Buffer.from('0a0a00000003b4ff73efe401', 'hex') },
    { codec: 'AAC', audioSpecificConfig: Buffer.of(0x11, 0x90) },
    { codec: 'AAC', audioSpecificConfig: Buffer.of(0x12, 0x10) },
    { codec: 'opus', channels: 2 },
    { codec: 'opus', channels: 1 },
  ]
  const header = (parameters: TrackParameters) => initialization(parameters, { timescale: 1 }).bytes
  for (const one of all)
    for (const other of all)
      assert.equal(
        sameParameters(one, other),
        header(one).equals(header(other)),
        `${one.codec} ${other.codec}`,
      )
})

test('[MP7] levels', () => {
  const level = (width: number, height: number) => vp9Level({ width, height })

  assert.deepEqual(
    [
      level(160, 120),
      level(320, 240),
      level(640, 360),
      level(1280, 720),
      level(1920, 1080),
      level(3840, 2160),
    ],
    [11, 20, 30, 40, 41, 51],
  )
  assert.equal(level(16_384, 16_384), 62)
})
