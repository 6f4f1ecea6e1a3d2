import fc from 'fast-check'
import type { Sample } from '../../src/media/fmp4/fragment.ts'

const MAX_DURATION = 0xffffffff

const sample = (
  durations: fc.Arbitrary<number>,
  offsets: fc.Arbitrary<number>,
  keys: fc.Arbitrary<boolean>,
) =>
  fc.record({
    data: fc.uint8Array({ maxLength: 40 }),
    duration: durations,
    key: keys,
    compositionOffset: offsets,
  })

const runOf = (one: fc.Arbitrary<Sample>) => fc.array(one, { minLength: 1, maxLength: 20, size: 'max' })

/** Runs of samples: of sound, of pictures in order, and of anything that can be written. */
export const arbitrarySamples: fc.Arbitrary<Sample[]> = fc.oneof(
  runOf(sample(fc.constant(960), fc.constant(0), fc.constant(true))),
  runOf(sample(fc.constantFrom(2999, 3000), fc.constant(0), fc.constant(false))).map(startWithKey),
  runOf(
    sample(
      fc.integer({ min: 0, max: MAX_DURATION }),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.boolean(),
    ),
  ),
)

function startWithKey(samples: Sample[]): Sample[] {
  return samples.map((one, index) => ({ ...one, key: index === 0 }))
}
