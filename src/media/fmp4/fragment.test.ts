import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { arbitrarySamples } from '../../../test/support/arbitrary-samples.ts'
import { fragment, type Sample } from './fragment.ts'
import { initialization } from './initialization.ts'
import { boxesOf } from './read-boxes.ts'
import { fragmentsOf, wholeLength } from './read-fragment.ts'

const opus = (count: number, change: Partial<Sample> = {}): Sample[] =>
  Array.from({ length: count }, () => ({
    data: Buffer.alloc(10),
    duration: 960,
    key: true,
    compositionOffset: 0,
    ...change,
  }))

const bytesOf = (samples: readonly Sample[]) => fragment({ sequence: 1, decodeTime: 0, samples })

describe('fragment', () => {
  test('[MP9] it is read back as what it was made of', () => {
    const fragments = fc.array(
      fc.record({
        sequence: fc.integer({ min: 0, max: 0xffffffff }),
        decodeTime: fc.maxSafeNat(),
        samples: arbitrarySamples,
      }),
      { minLength: 1, maxLength: 4 },
    )
    const property = fc.property(fragments, (written) => {
      const file = Buffer.concat(written.map(fragment))
      const read = [...fragmentsOf(file)]

      assert.deepEqual(
        read.map(({ sequence, decodeTime, samples }) => ({
          sequence,
          decodeTime,
          samples: samples.map(plain),
        })),
        written.map(({ samples, ...rest }) => ({ ...rest, samples: samples.map(plain) })),
      )
      for (const [index, { samples }] of written.entries())
        assert.equal(
          read[index]?.duration,
          samples.reduce((total, { duration }) => total + duration, 0),
        )
      assert.equal(read.at(-1)?.end, file.length)
    })
    fc.assert(property, { numRuns: 500 })
  })

  test('[MP10] it is moof and mdat, in a buffer of its own', () => {
    const bytes = bytesOf(opus(3))

    assert.deepEqual(
      [...boxesOf(bytes)].map(({ type }) => type),
      ['moof', 'mdat'],
    )
    assert.equal(bytes.buffer.byteLength, bytes.length)
  })

  test('[MP10] what all samples share is written once', () => {
    const overhead = (samples: Sample[]) => bytesOf(samples).length - 10 * samples.length
    const perSample = (samples: (count: number) => Sample[]) => overhead(samples(8)) - overhead(samples(7))

    assert.equal(
      perSample((count) => opus(count)),
      4,
    )
    assert.equal(
      perSample((count) => opus(count, { compositionOffset: 7 })),
      8,
    )
    assert.equal(
      perSample((count) => [...opus(1, { duration: 1 }), ...opus(count - 1)]),
      8,
    )
    assert.equal(
      perSample((count) => [...opus(1), ...opus(count - 1, { key: false })]),
      4,
    )
    assert.equal(
      perSample((count) => [...opus(2), ...opus(count - 2, { key: false })]),
      8,
    )
  })

  test('[MP11] none without a sample', () => {
    assert.throws(() => bytesOf([]), TypeError)
  })

  test('[MP20] a cut file is whole up to the last fragment before the cut', () => {
    const header = initialization({ codec: 'opus', channels: 2 }, { timescale: 48_000 }).bytes
    const pieces = [header, bytesOf(opus(1)), bytesOf(opus(12)), bytesOf(opus(2))]
    const file = Buffer.concat(pieces)
    const ends = pieces.map((_, index) => Buffer.concat(pieces.slice(0, index + 1)).length)

    for (let length = header.length; length <= file.length; length++)
      assert.equal(
        wholeLength(file.subarray(0, length)),
        ends.findLast((end) => end <= length),
      )
    assert.equal(wholeLength(Buffer.concat([file, Buffer.alloc(100)])), file.length)
    assert.equal(wholeLength(Buffer.concat([file, Buffer.alloc(100, 0xff)])), file.length)
    assert.ok(wholeLength(header.subarray(0, header.length - 1)) < header.length)
  })
})

function plain({ data, ...rest }: Sample) {
  return { ...rest, data: Buffer.from(data).toString('hex') }
}
