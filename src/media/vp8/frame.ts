import type { PictureSize } from '../picture-size.ts'

/** Inverse key frame bit of the frame tag (RFC 6386 §9.1). */
const INTER_FRAME = 0x01
const START_CODE = [0x9d, 0x01, 0x2a] as const

/** Whether the VP8 frame that begins at `start` is a key frame. */
export function isVp8KeyFrame(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && ((bytes[start] ?? 0) & INTER_FRAME) === 0
}

/** Size of the VP8 key frame that begins at `start`; undefined for other frames (RFC 6386 §9.1). */
export function vp8PictureSize(bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  if (!isVp8KeyFrame(bytes, start, end) || start + 10 > end) return undefined
  for (let i = 0; i < 3; i++) if (bytes[start + 3 + i] !== START_CODE[i]) return undefined
  // The upper two bits of each are a scaling hint for players.
  const width = ((bytes[start + 6] ?? 0) | ((bytes[start + 7] ?? 0) << 8)) & 0x3fff
  const height = ((bytes[start + 8] ?? 0) | ((bytes[start + 9] ?? 0) << 8)) & 0x3fff
  return width > 0 && height > 0 ? { width, height } : undefined
}
