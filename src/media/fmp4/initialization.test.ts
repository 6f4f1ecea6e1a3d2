import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { initialization } from './initialization.ts'
import { boxesOf, findBoxAt, u32 } from './read-boxes.ts'
import { readInitialization } from './read-initialization.ts'
import type { TrackParameters } from './track-parameters.ts'

/** 64×48, constrained baseline. */
const SPS = Buffer.from('6742c00ada11ec0440', 'hex')
const PPS = Buffer.from('68ce3c80', 'hex')
const H264: TrackParameters = { codec: 'H264', sps: SPS, pps: [PPS, Buffer.from('68ce3c81', 'hex')] }
const VP9: TrackParameters = {
  codec: 'VP9',
  profile: 2,
  level: 31,
  bitDepth: 10,
  chromaSubsampling: 1,
  fullRange: true,
  width: 1280,
  height: 720,
}
const AAC: TrackParameters = { codec: 'AAC', audioSpecificConfig: Buffer.of(0x11, 0x90) }
const OPUS: TrackParameters = { codec: 'opus', channels: 1, preSkip: 312 }

const typesOf = (bytes: Buffer, path: string[]) => {
  const box = findBoxAt(bytes, path, { content: 0, end: bytes.length })
  return box ? [...boxesOf(bytes, box.content, box.end)].map(({ type }) => type) : []
}

describe('initialization', () => {
  test('[MP1] boxes of one track without samples', () => {
    const { bytes } = initialization(H264, { timescale: 90_000 })
    const track = ['moov', 'trak', 'mdia', 'minf', 'stbl']

    assert.deepEqual(
      [...boxesOf(bytes)].map(({ type }) => type),
      ['ftyp', 'moov'],
    )
    assert.deepEqual(typesOf(bytes, ['moov']), ['mvhd', 'trak', 'mvex'])
    assert.deepEqual(typesOf(bytes, ['moov', 'trak']), ['tkhd', 'mdia'])
    assert.deepEqual(typesOf(bytes, track.slice(0, 3)), ['mdhd', 'hdlr', 'minf'])
    assert.deepEqual(typesOf(bytes, track.slice(0, 4)), ['vmhd', 'dinf', 'stbl'])
    assert.deepEqual(typesOf(bytes, track), ['stsd', 'stts', 'stsc', 'stsz', 'stco'])
  })

  test('[MP1] codec strings and sizes', () => {
    const of = (parameters: TrackParameters) => {
      const { bytes: _, ...facts } = initialization(parameters, { timescale: 90_000 })
      return facts
    }

    assert.deepEqual(of(H264), { codecs: 'avc1.42c00a', width: 64, height: 48 })
    assert.deepEqual(of(VP9), { codecs: 'vp09.02.31.10', width: 1280, height: 720 })
    assert.deepEqual(of(AAC), { codecs: 'mp4a.40.2', width: 0, height: 0, sampleRate: 48_000, channels: 2 })
    assert.deepEqual(of(OPUS), { codecs: 'opus', width: 0, height: 0, sampleRate: 48_000, channels: 1 })
  })

  test('[MP4] what no decoder understands', () => {
    const broken: TrackParameters[] = [
      { codec: 'H264', sps: Buffer.alloc(8), pps: [PPS] },
      { codec: 'AV1', sequenceHeader: Buffer.of(0x0a, 1, 0) },
      { codec: 'AAC', audioSpecificConfig: Buffer.alloc(2) },
      { codec: 'AAC', audioSpecificConfig: Buffer.concat([Buffer.of(0x11, 0x90), Buffer.alloc(100)]) },
      { codec: 'opus', channels: 6 },
      { ...VP9, width: 65_536 },
    ]
    for (const parameters of broken)
      assert.throws(() => initialization(parameters, { timescale: 1000 }), TypeError, parameters.codec)
  })

  test('[MP21] it is read back, and not when it was torn or changed', () => {
    for (const parameters of [H264, VP9, AAC, OPUS]) {
      const { bytes, ...facts } = initialization(parameters, { timescale: 12_345 })
      const read = readInitialization(Buffer.concat([bytes, Buffer.alloc(100)]))

      assert.deepEqual(read, { ...facts, bytes, timescale: 12_345, parameters })
      for (let length = 0; length < bytes.length; length++)
        assert.equal(readInitialization(bytes.subarray(0, length)), undefined)
      const brand = Buffer.from(bytes)
      brand.write('what', 8)
      assert.equal(readInitialization(brand), undefined)
    }
  })

  test('[MP21] the timescale is in the media header', () => {
    const { bytes } = initialization(OPUS, { timescale: 48_000 })
    const mdhd = findBoxAt(bytes, ['moov', 'trak', 'mdia', 'mdhd'], { content: 0, end: bytes.length })

    assert.ok(mdhd)
    assert.equal(u32(bytes, mdhd.content + 12), 48_000)
  })
})
