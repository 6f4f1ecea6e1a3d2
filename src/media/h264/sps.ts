import { BitReader } from '../bit-reader.ts'
import type { PictureSize } from '../picture-size.ts'
import { NAL, nalType } from './nal.ts'
import { readVui, type Vui } from './vui.ts'

/** What a sequence parameter set says about its pictures. */
type Sps = PictureSize &
  Vui & {
    /** As SDP writes it: profile_idc, constraint flags and level_idc in hexadecimal (RFC 6184 §8.1). */
    readonly profileLevelId: string
  } & SampleFormat

/** How the samples of a picture are stored (H.264 §7.4.2.1.1). */
type SampleFormat = {
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
}

/** Profiles whose parameter sets tell the chroma format (H.264 §7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])
/** √(8 × MaxFS) of level 6.2, the largest there is (H.264 §A.3.1). */
const MAX_SIDE_MACROBLOCKS = 1055
const MAX_CYCLE = 255
/** Of any profile (H.264 §7.4.2.1.1). */
const MAX_BIT_DEPTH = 14
/** What profiles without a choice have. */
const PLAIN_FORMAT = { chromaFormat: 1, bitDepthLuma: 8, bitDepthChroma: 8, separatePlanes: false }

/** Reads a sequence parameter set, NAL header included; undefined when it is none or makes no sense. */
export function parseSps(nal: Uint8Array): Sps | undefined {
  if (nalType(nal[0] ?? 0) !== NAL.SPS) return undefined
  const bits = new BitReader(withoutEmulationPrevention(nal.subarray(1)))
  const profileLevelId = bits.read(24).toString(16).padStart(6, '0')
  bits.unsignedExpGolomb() // seq_parameter_set_id
  const format = HIGH_PROFILES.has(nal[1] ?? 0) ? readSampleFormat(bits) : PLAIN_FORMAT
  bits.unsignedExpGolomb() // log2_max_frame_num_minus4
  const neverReorders = skipPictureOrderCount(bits)
  bits.unsignedExpGolomb() // max_num_ref_frames
  bits.skip(1) // gaps_in_frame_num_value_allowed_flag
  const { separatePlanes, ...samples } = format
  const { chromaFormat, bitDepthLuma, bitDepthChroma } = samples
  if (chromaFormat > 3 || bitDepthLuma > MAX_BIT_DEPTH || bitDepthChroma > MAX_BIT_DEPTH) return undefined
  // The planes of a picture whose planes are coded apart are each as if monochrome.
  const size = readSize(bits, separatePlanes ? 0 : chromaFormat)
  if (!size) return undefined
  const vui = bits.flag() ? readVui(bits) : {}
  return { ...size, ...samples, ...(neverReorders && { maxReorderFrames: 0 }), ...vui, profileLevelId }
}

/** H.264 §7.4.1: a 3 behind two zeros is not data. */
function withoutEmulationPrevention(bytes: Uint8Array): Uint8Array {
  const clean = new Uint8Array(bytes.length)
  let length = 0
  let zeros = 0
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    clean[length++] = byte
  }
  return clean.subarray(0, length)
}

function readSampleFormat(bits: BitReader): SampleFormat & { separatePlanes: boolean } {
  const chromaFormat = bits.unsignedExpGolomb()
  const separatePlanes = chromaFormat === 3 && bits.flag()
  const bitDepthLuma = bits.unsignedExpGolomb() + 8
  const bitDepthChroma = bits.unsignedExpGolomb() + 8
  bits.skip(1) // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8
    for (let list = 0; list < lists; list++) if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64)
  }
  return { chromaFormat, separatePlanes, bitDepthLuma, bitDepthChroma }
}

/** H.264 §7.3.2.1.1.1 */
function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + bits.signedExpGolomb()) & 0xff
    if (next !== 0) last = next
  }
}

/** True for the type whose output order is the decoding order (H.264 §8.2.1.3). */
function skipPictureOrderCount(bits: BitReader): boolean {
  const type = bits.unsignedExpGolomb()
  if (type === 0) bits.unsignedExpGolomb() // log2_max_pic_order_cnt_lsb_minus4
  if (type === 1) {
    bits.skip(1) // delta_pic_order_always_zero_flag
    bits.signedExpGolomb()
    bits.signedExpGolomb()
    const cycle = Math.min(bits.unsignedExpGolomb(), MAX_CYCLE)
    for (let i = 0; i < cycle; i++) bits.signedExpGolomb()
  }
  return type === 2
}

/** H.264 §7.4.2.1.1, equations 7-13 to 7-22. */
function readSize(bits: BitReader, chromaFormat: number): PictureSize | undefined {
  const columns = bits.unsignedExpGolomb() + 1
  const rows = bits.unsignedExpGolomb() + 1
  const fieldFactor = bits.flag() ? 1 : 2
  if (fieldFactor === 2) bits.skip(1) // mb_adaptive_frame_field_flag
  bits.skip(1) // direct_8x8_inference_flag
  let width = columns * 16
  let height = rows * 16 * fieldFactor
  if (bits.flag()) {
    const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
    const unitY = (chromaFormat === 1 ? 2 : 1) * fieldFactor
    width -= unitX * (bits.unsignedExpGolomb() + bits.unsignedExpGolomb())
    height -= unitY * (bits.unsignedExpGolomb() + bits.unsignedExpGolomb())
  }
  const tooLarge = columns > MAX_SIDE_MACROBLOCKS || rows * fieldFactor > MAX_SIDE_MACROBLOCKS
  return bits.exhausted || tooLarge || width <= 0 || height <= 0 ? undefined : { width, height }
}
