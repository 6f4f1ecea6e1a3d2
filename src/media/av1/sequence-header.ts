import { BitReader } from '../bit-reader.ts'
import type { PictureSize } from '../picture-size.ts'

/** What is read of a sequence header: the largest picture, and whether there is only one of them. */
type Av1SequenceHeader = PictureSize & { readonly stillPicture: boolean }

/** Reads sequence_header_obu() up to the picture size (AV1 §5.5.1); undefined when it is cut short. */
export function parseAv1SequenceHeader(bytes: Uint8Array): Av1SequenceHeader | undefined {
  const bits = new BitReader(bytes)
  bits.skip(4) // seq_profile, still_picture
  const stillPicture = bits.flag() // reduced_still_picture_header
  if (stillPicture) bits.skip(5)
  else skipOperatingPoints(bits)
  const widthBits = bits.read(4) + 1
  const heightBits = bits.read(4) + 1
  const width = bits.read(widthBits) + 1
  const height = bits.read(heightBits) + 1
  return bits.exhausted ? undefined : { width, height, stillPicture }
}

function skipOperatingPoints(bits: BitReader): void {
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
  for (let point = 0; point < points; point++) {
    bits.skip(12) // operating_point_idc
    const level = bits.read(5)
    if (level > 7) bits.skip(1) // seq_tier
    if (delayBits > 0 && bits.flag()) bits.skip(2 * delayBits + 1)
    if (hasInitialDelay && bits.flag()) bits.skip(4)
  }
}
