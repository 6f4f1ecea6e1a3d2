import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitWriter } from '../../../test/support/bit-writer.ts'
import { parseAudioSpecificConfig } from './audio-specific-config.ts'

const parse = (hex: string) => parseAudioSpecificConfig(Buffer.from(hex, 'hex'))

test('[MP8] types, rates, channels and frame lengths', () => {
  const lc = { objectType: 2, sampleRate: 48_000, channels: 2, samplesPerFrame: 1024 }
  assert.deepEqual(parse('1190'), lc)
  assert.deepEqual(parse('1210'), { ...lc, sampleRate: 44_100 })
  assert.deepEqual(parse('11b8'), { ...lc, channels: 8 })
  assert.deepEqual(parse('1194'), { ...lc, samplesPerFrame: 960 })
})

test('[MP8] extensions and escapes', () => {
  const heAac = new BitWriter().write(5, 5).write(6, 4).write(2, 4).write(3, 4).write(2, 5).write(0, 3)
  assert.deepEqual(parseAudioSpecificConfig(heAac.bytes()), {
    objectType: 5,
    sampleRate: 24_000,
    channels: 2,
    samplesPerFrame: 1024,
  })
  const escaped = new BitWriter()
    .write(31, 5)
    .write(10, 6)
    .write(15, 4)
    .write(96_000, 24)
    .write(1, 4)
    .write(0, 3)
  assert.deepEqual(parseAudioSpecificConfig(escaped.bytes()), {
    objectType: 42,
    sampleRate: 96_000,
    channels: 1,
    samplesPerFrame: 1024,
  })
})

test('[MP8] a broken one tells nothing', () => {
  for (const hex of ['', '11', '0190', '1690', '1180', '1790']) assert.equal(parse(hex), undefined, hex)
})
