import { describe, test } from 'node:test'
import fc from 'fast-check'
import { arbitrarySamples } from '../../../test/support/arbitrary-samples.ts'
import { arbitraryUnits } from '../../../test/support/arbitrary-units.ts'
import { parseAudioSpecificConfig } from '../aac/audio-specific-config.ts'
import { parseAv1Format } from '../av1/sequence-format.ts'
import type { Codec } from '../codec.ts'
import { opusDuration } from '../opus/opus-duration.ts'
import { fragment } from './fragment.ts'
import { initialization } from './initialization.ts'
import { parametersOf } from './parameters-of.ts'
import { fragmentsOf, wholeLength } from './read-fragment.ts'
import { readInitialization } from './read-initialization.ts'
import { sampleOf } from './sample-of.ts'

const CODECS: readonly Codec[] = ['H264', 'VP8', 'VP9', 'AV1', 'opus', 'AAC']
const garbage = fc.uint8Array({ maxLength: 200, size: 'max' }).map((bytes) => Buffer.from(bytes))
const changes = fc.array(fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 255 })), {
  minLength: 1,
  maxLength: 8,
})

function changed(bytes: Uint8Array, places: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes)
  for (const [at, value] of places) if (copy.length > 0) copy[at % copy.length] = value
  return copy
}

function readEverything(bytes: Buffer): void {
  readInitialization(bytes)
  wholeLength(bytes)
  for (const _ of fragmentsOf(bytes));
  parseAudioSpecificConfig(bytes)
  parseAv1Format(bytes)
  opusDuration(bytes)
  for (const codec of CODECS) readUnit(codec, bytes)
}

/** What a publisher's unit tells must make a header, whatever the unit is. */
function readUnit(codec: Codec, data: Buffer): void {
  sampleOf(codec, { timestamp: 0, keyFrame: true, afterLoss: false, data })
  const parameters = parametersOf(codec, data)
  if (parameters) initialization(parameters, { timescale: 90_000 })
}

describe('reading', () => {
  test('[MP22] garbage', () => {
    fc.assert(fc.property(garbage, readEverything), { numRuns: 1000 })
  })

  test('[MP22] files with changed bytes', () => {
    const header = initialization(
      { codec: 'AAC', audioSpecificConfig: Buffer.of(0x11, 0x90) },
      { timescale: 48_000 },
    )
    const property = fc.property(arbitrarySamples, changes, (samples, places) =>
      readEverything(
        changed(Buffer.concat([header.bytes, fragment({ sequence: 1, decodeTime: 0, samples })]), places),
      ),
    )
    fc.assert(property, { numRuns: 1000 })
  })

  for (const codec of ['H264', 'VP9', 'AV1'] as const)
    test(`[MP22] units of ${codec} with changed bytes`, () => {
      const property = fc.property(arbitraryUnits(codec, 1), changes, (units, places) => {
        for (const { data } of units) readUnit(codec, changed(data, places))
      })
      fc.assert(property, { numRuns: 300 })
    })
})
