import {
  DEPENDENT,
  KEY,
  RUN_COMPOSITION_OFFSET,
  RUN_DATA_OFFSET,
  RUN_DURATION,
  RUN_FIRST_FLAGS,
  RUN_FLAGS,
  RUN_SIZE,
} from './fragment-layout.ts'
import type { Sample } from './sample.ts'

/** Which fields every sample of the run must have, because the defaults do not hold for all of them. */
export function runFlags(samples: readonly Sample[]): number {
  const first = samples[0]
  const rest = samples[1] ?? first
  if (!first || !rest) throw new TypeError('a fragment has at least one sample')
  let flags = RUN_DATA_OFFSET | RUN_SIZE
  if (first.key !== rest.key) flags |= RUN_FIRST_FLAGS
  for (const sample of samples) {
    if (sample.duration !== first.duration) flags |= RUN_DURATION
    if (sample.compositionOffset !== 0) flags |= RUN_COMPOSITION_OFFSET
    if (sample !== first && sample.key !== rest.key) flags |= RUN_FLAGS
  }
  // The two kinds of flags exclude each other (§8.8.8.1).
  return (flags & RUN_FLAGS) !== 0 ? flags & ~RUN_FIRST_FLAGS : flags
}

/** Bytes of the field that only the first sample has. */
export function firstFlagsBytes(flags: number): number {
  return (flags & RUN_FIRST_FLAGS) !== 0 ? 4 : 0
}

/** Bytes that every sample has in the run. */
export function bytesPerSample(flags: number): number {
  let bytes = 4
  if ((flags & RUN_DURATION) !== 0) bytes += 4
  if ((flags & RUN_FLAGS) !== 0) bytes += 4
  if ((flags & RUN_COMPOSITION_OFFSET) !== 0) bytes += 4
  return bytes
}

/** Flags of one sample (ISO/IEC 14496-12 §8.8.3.1). */
export function sampleFlags(sample: Sample | undefined): number {
  return sample?.key ? KEY : DEPENDENT
}
