import { BitReader } from '../bit-reader.ts'
import type { PictureSize } from '../picture-size.ts'

/** What is read of a sequence header: the largest picture, and whether there is only one of them. */
type Av1SequenceHeader = PictureSize & { readonly stillPicture: boolean }

/** What comes before the tools that pictures use. */
type Av1SequenceStart = Av1SequenceHeader & {
  readonly profile: number
  /** seq_level_idx and seq_tier of the first operating point. */
  readonly level: number
  readonly tier: number
}

/** Reads sequence_header_obu() up to the picture size (AV1 §5.5.1); undefined when it is cut short. */
export function parseAv1SequenceHeader(bytes: Uint8Array): Av1SequenceHeader | undefined {
  const bits = new BitReader(bytes)
  const { width, height, stillPicture } = readAv1SequenceStart(bits)
  return bits.exhausted ? undefined : { width, height, stillPicture }
}

/** Leaves the reader behind the picture size; what it returns holds only if that is not exhausted. */
export function readAv1SequenceStart(bits: BitReader): Av1SequenceStart {
  const profile = bits.read(3)
  bits.skip(1) // still_picture
  const stillPicture = bits.flag() // reduced_still_picture_header
  const { level, tier } = stillPicture ? { level: bits.read(5), tier: 0 } : readOperatingPoints(bits)
  const widthBits = bits.read(4) + 1
  const heightBits = bits.read(4) + 1
  const width = bits.read(widthBits) + 1
  const height = bits.read(heightBits) + 1
  return { width, height, stillPicture, profile, level, tier }
}

/** Level and tier of the first. */
function readOperatingPoints(bits: BitReader): { level: number; tier: number } {
  let delayBits = 0 // decoder_model_info_present_flag when above 0
  if (bits.flag()) {
    bits.skip(64) // num_units_in_display_tick, time_scale
    if (bits.flag()) bits.unsignedExpGolomb() // uvlc() num_ticks_per_picture_minus_1
    if (bits.flag()) {
      delayBits = bits.read(5) + 1
      bits.skip(42) // num_units_in_decoding_tick, the other two lengths
    }
  }
  const hasInitialDelay = bits.flag()
  const points = bits.read(5) + 1
  let first: { level: number; tier: number } | undefined
  for (let point = 0; point < points; point++) {
    bits.skip(12) // operating_point_idc
    const level = bits.read(5)
    const tier = level > 7 ? bits.read(1) : 0
    first ??= { level, tier }
    if (delayBits > 0 && bits.flag()) bits.skip(2 * delayBits + 1)
    if (hasInitialDelay && bits.flag()) bits.skip(4)
  }
  return first ?? { level: 0, tier: 0 }
}
