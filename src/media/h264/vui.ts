import type { BitReader } from '../bit-reader.ts'

/** What the video usability information adds, where the encoder wrote it (H.264 annex E). */
export type Vui = {
  /** How many pictures may be shown later than a picture that is decoded after them; 0 means no B-frames. */
  readonly maxReorderFrames?: number
  /** Frames per second. */
  readonly frameRate?: number
  /** Width to height of one pixel, where it is not square. */
  readonly pixelAspect?: readonly [number, number]
}

const EXTENDED_SAR = 255
/** Sample aspect ratios by aspect_ratio_idc, from 1 (table E-1). */
const ASPECTS = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
] as const
const MAX_CPB_COUNT = 32
const MAX_DPB_FRAMES = 16
const MAX_FRAME_RATE = 1000

/** Reads vui_parameters(); keeps what came before a cut. */
export function readVui(bits: BitReader): Vui {
  const pixelAspect = bits.flag() ? readAspect(bits) : undefined
  skipDisplay(bits)
  const frameRate = readFrameRate(bits)
  const maxReorderFrames = readReordering(bits)
  return {
    ...(pixelAspect && { pixelAspect }),
    ...(frameRate !== undefined && { frameRate }),
    ...(maxReorderFrames !== undefined && { maxReorderFrames }),
  }
}

/** Undefined for squares and for what table E-1 does not know. */
function readAspect(bits: BitReader): readonly [number, number] | undefined {
  const index = bits.read(8)
  const aspect = index === EXTENDED_SAR ? ([bits.read(16), bits.read(16)] as const) : ASPECTS[index - 1]
  const [width, height] = aspect ?? [0, 0]
  return bits.exhausted || width === height || width === 0 || height === 0 ? undefined : [width, height]
}

function skipDisplay(bits: BitReader): void {
  if (bits.flag()) bits.skip(1) // overscan_appropriate_flag
  if (bits.flag()) {
    bits.skip(4) // video_format, video_full_range_flag
    if (bits.flag()) bits.skip(24) // colour primaries, transfer, matrix
  }
  if (bits.flag()) {
    bits.unsignedExpGolomb() // chroma_sample_loc_type_top_field
    bits.unsignedExpGolomb() // chroma_sample_loc_type_bottom_field
  }
}

/** A frame is two fields long, and time_scale counts fields (equation E-76). */
function readFrameRate(bits: BitReader): number | undefined {
  if (!bits.flag()) return undefined
  const unitsInTick = bits.read(32)
  const timeScale = bits.read(32)
  bits.skip(1) // fixed_frame_rate_flag
  const frameRate = timeScale / (2 * unitsInTick)
  return !bits.exhausted && frameRate > 0 && frameRate <= MAX_FRAME_RATE ? frameRate : undefined
}

function readReordering(bits: BitReader): number | undefined {
  const nalHrd = skipHrd(bits)
  const vclHrd = skipHrd(bits)
  if (nalHrd || vclHrd) bits.skip(1) // low_delay_hrd_flag
  bits.skip(1) // pic_struct_present_flag
  if (!bits.flag()) return undefined // bitstream_restriction_flag
  bits.skip(1) // motion_vectors_over_pic_boundaries_flag
  for (let i = 0; i < 4; i++) bits.unsignedExpGolomb() // denominators and vector lengths
  const frames = bits.unsignedExpGolomb()
  return !bits.exhausted && frames <= MAX_DPB_FRAMES ? frames : undefined
}

/** hrd_parameters() (§E.1.2), if they are there. */
function skipHrd(bits: BitReader): boolean {
  if (!bits.flag()) return false
  const count = Math.min(bits.unsignedExpGolomb() + 1, MAX_CPB_COUNT)
  bits.skip(8) // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count; i++) {
    bits.unsignedExpGolomb()
    bits.unsignedExpGolomb()
    bits.skip(1)
  }
  bits.skip(20) // delay lengths, time_offset_length
  return true
}
