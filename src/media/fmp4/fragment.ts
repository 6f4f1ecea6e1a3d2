import {
  DEFAULT_BASE_IS_MOOF,
  DEFAULT_DURATION,
  DEFAULT_FLAGS,
  RUN_COMPOSITION_OFFSET,
  RUN_DURATION,
  RUN_FIRST_FLAGS,
  RUN_FLAGS,
  TRACK_ID,
} from './fragment-layout.ts'
import { bytesPerSample, firstFlagsBytes, runFlags, sampleFlags } from './run-flags.ts'
import type { Sample } from './sample.ts'

export type { Sample } from './sample.ts'

/** Box types, as the numbers that their letters make. */
const MOOF = 0x6d6f6f66
const MFHD = 0x6d666864
const TRAF = 0x74726166
const TFHD = 0x74666864
const TFDT = 0x74666474
const TRUN = 0x7472756e
const MDAT = 0x6d646174

const BOX_HEADER = 8
const MFHD_BYTES = 16
const TFHD_BYTES = 24
const TFDT_BYTES = 20
const TRUN_BYTES = 20
const VERSION_1 = 0x01000000
const TFHD_FLAGS = DEFAULT_BASE_IS_MOOF | DEFAULT_DURATION | DEFAULT_FLAGS
const TWO_TO_32 = 0x1_0000_0000

/** What a fragment is made of. */
type FragmentOptions = {
  /** Counts up by one from fragment to fragment of a file. */
  sequence: number
  /** Of the first sample. */
  decodeTime: number
  /** In decode order, at least one. */
  samples: readonly Sample[]
}

/**
 * One CMAF chunk (ISO/IEC 23000-19 §7.3.2): `moof` and `mdat`, in a single allocation. What all samples share is
 * written once.
 */
export function fragment({ sequence, decodeTime, samples }: FragmentOptions): Buffer {
  const flags = runFlags(samples)
  const trunBytes = TRUN_BYTES + firstFlagsBytes(flags) + samples.length * bytesPerSample(flags)
  const trafBytes = BOX_HEADER + TFHD_BYTES + TFDT_BYTES + trunBytes
  const moofBytes = BOX_HEADER + MFHD_BYTES + trafBytes
  let mdatBytes = BOX_HEADER
  for (const sample of samples) mdatBytes += sample.data.length
  // Not from the pool: a kept fragment would hold on to its neighbours.
  const bytes = Buffer.allocUnsafeSlow(moofBytes + mdatBytes)

  let at = writeHeader(bytes, 0, moofBytes, MOOF)
  at = writeHeader(bytes, at, MFHD_BYTES, MFHD)
  at = bytes.writeUInt32BE(0, at)
  at = bytes.writeUInt32BE(sequence, at)
  at = writeHeader(bytes, at, trafBytes, TRAF)
  at = writeDefaults(bytes, at, samples)
  at = writeDecodeTime(bytes, at, decodeTime)
  at = writeHeader(bytes, at, trunBytes, TRUN)
  at = writeRun(bytes, at, { samples, flags, dataOffset: moofBytes + BOX_HEADER })
  at = writeHeader(bytes, at, mdatBytes, MDAT)
  for (const sample of samples) {
    bytes.set(sample.data, at)
    at += sample.data.length
  }
  return bytes
}

function writeHeader(bytes: Buffer, at: number, size: number, type: number): number {
  return bytes.writeUInt32BE(type, bytes.writeUInt32BE(size, at))
}

/** `tfhd`: the duration of the first sample and the flags of the second, which the rest mostly shares. */
function writeDefaults(bytes: Buffer, start: number, samples: readonly Sample[]): number {
  let at = writeHeader(bytes, start, TFHD_BYTES, TFHD)
  at = bytes.writeUInt32BE(TFHD_FLAGS, at)
  at = bytes.writeUInt32BE(TRACK_ID, at)
  at = bytes.writeUInt32BE(samples[0]?.duration ?? 0, at)
  return bytes.writeUInt32BE(sampleFlags(samples[1] ?? samples[0]), at)
}

/** `tfdt` (§8.8.12), version 1: 64 bits. */
function writeDecodeTime(bytes: Buffer, start: number, decodeTime: number): number {
  let at = writeHeader(bytes, start, TFDT_BYTES, TFDT)
  at = bytes.writeUInt32BE(VERSION_1, at)
  at = bytes.writeUInt32BE(Math.floor(decodeTime / TWO_TO_32), at)
  return bytes.writeUInt32BE(decodeTime >>> 0, at)
}

/** `trun`, version 1: composition offsets have a sign. */
function writeRun(
  bytes: Buffer,
  start: number,
  { samples, flags, dataOffset }: { samples: readonly Sample[]; flags: number; dataOffset: number },
): number {
  let at = bytes.writeUInt32BE(VERSION_1 | flags, start)
  at = bytes.writeUInt32BE(samples.length, at)
  at = bytes.writeUInt32BE(dataOffset, at)
  if ((flags & RUN_FIRST_FLAGS) !== 0) at = bytes.writeUInt32BE(sampleFlags(samples[0]), at)
  for (const sample of samples) {
    if ((flags & RUN_DURATION) !== 0) at = bytes.writeUInt32BE(sample.duration, at)
    at = bytes.writeUInt32BE(sample.data.length, at)
    if ((flags & RUN_FLAGS) !== 0) at = bytes.writeUInt32BE(sampleFlags(sample), at)
    if ((flags & RUN_COMPOSITION_OFFSET) !== 0) at = bytes.writeInt32BE(sample.compositionOffset, at)
  }
  return at
}
