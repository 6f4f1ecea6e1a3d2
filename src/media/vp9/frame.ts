import type { PictureSize } from '../picture-size.ts'
import { BitReader } from '../bit-reader.ts'

const FRAME_MARKER = 0x80
const FRAME_MARKER_BITS = 0xc0
const SYNC_CODE = 0x498342
const CS_RGB = 7

/**
 * Whether the VP9 frame that begins at `start` is a key frame, by its first byte: frame_marker, profile,
 * show_existing_frame and frame_type (VP9 bitstream specification §6.2). Profile 3 has one bit more.
 */
export function isVp9KeyFrame(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] ?? 0
  if (start >= end || (first & FRAME_MARKER_BITS) !== FRAME_MARKER) return false
  const existingOrInter = (first & 0x30) === 0x30 ? 0x06 : 0x0c
  return (first & existingOrInter) === 0
}

/** What the uncompressed header of a key frame says of its pictures. */
type Vp9KeyFrame = PictureSize & {
  readonly profile: number
  readonly bitDepth: number
  readonly subsamplingX: number
  readonly subsamplingY: number
  readonly fullRange: boolean
}

/** Size of the VP9 key frame that begins at `start`; undefined for other frames (§6.2, §7.2). */
export function vp9PictureSize(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  const frame = parseVp9KeyFrame(bytes, start, end)
  return frame && { width: frame.width, height: frame.height }
}

/** Reads the header of the VP9 key frame that begins at `start`; undefined for other frames (§6.2, §7.2). */
export function parseVp9KeyFrame(bytes: Uint8Array, start: number, end: number): Vp9KeyFrame | undefined {
  if (!isVp9KeyFrame(bytes, start, end)) return undefined
  const bits = new BitReader(bytes, start, end)
  bits.skip(2)
  const profile = bits.read(1) + 2 * bits.read(1)
  bits.skip(profile === 3 ? 5 : 4) // reserved, show_existing_frame, frame_type, show_frame, error_resilient_mode
  if (bits.read(24) !== SYNC_CODE) return undefined
  const color = readColorConfig(bits, profile)
  const width = bits.read(16) + 1
  const height = bits.read(16) + 1
  return bits.exhausted ? undefined : { width, height, profile, ...color }
}

function readColorConfig(bits: BitReader, profile: number): Omit<Vp9KeyFrame, 'profile' | keyof PictureSize> {
  const bitDepth = profile < 2 ? 8 : bits.flag() ? 12 : 10
  const tellsSubsampling = profile === 1 || profile === 3
  if (bits.read(3) === CS_RGB) {
    if (tellsSubsampling) bits.skip(1)
    return { bitDepth, subsamplingX: 0, subsamplingY: 0, fullRange: true }
  }
  const fullRange = bits.flag()
  if (!tellsSubsampling) return { bitDepth, subsamplingX: 1, subsamplingY: 1, fullRange }
  const subsamplingX = bits.read(1)
  const subsamplingY = bits.read(1)
  bits.skip(1)
  return { bitDepth, subsamplingX, subsamplingY, fullRange }
}
