import { NAL, nalType } from './nal.ts'

/**
 * Whether the NAL unit in `bytes` from `start` to `end` is a slice that begins a picture: first_mb_in_slice, the
 * first Exp-Golomb number behind the NAL header, is zero, which is one set bit (H.264 §7.3.3).
 */
export function isFirstSlice(bytes: Uint8Array, start: number, end: number): boolean {
  return start + 1 < end && ((bytes[start + 1] ?? 0) & 0x80) !== 0
}

/** `slice_type` modulo 5 (H.264 table 7-6): 0 P, 1 B, 2 I, 3 SP, 4 SI; -1 when it is no slice or is cut short. */
export function sliceType(bytes: Uint8Array, start: number, end: number): number {
  const type = nalType(bytes[start] ?? 0)
  if (start >= end || (type !== NAL.SLICE && type !== NAL.IDR)) return -1
  return sliceTypeAt(bytes, start + 1, end)
}

/** As `sliceType`, for a slice header whose NAL header is elsewhere, as in an FU-A. */
export function sliceTypeAt(bytes: Uint8Array, start: number, end: number): number {
  // No emulation prevention can lie here: numbers that need it are larger than any picture has macroblocks.
  const lastBit = end * 8
  const afterFirst = skipExpGolomb(bytes, start * 8, lastBit)
  const afterType = skipExpGolomb(bytes, afterFirst, lastBit)
  if (afterFirst < 0 || afterType < 0) return -1
  const width = (afterType - afterFirst + 1) >> 1
  if (width > 4) return -1
  let value = 0
  for (let bit = afterType - width; bit < afterType; bit++) value = value * 2 + bitAt(bytes, bit)
  return value - 1 <= 9 ? (value - 1) % 5 : -1
}

function bitAt(bytes: Uint8Array, bit: number): number {
  return ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1
}

/** Bit position behind the Exp-Golomb number at `bit` (H.264 §9.1), or -1. */
function skipExpGolomb(bytes: Uint8Array, bit: number, lastBit: number): number {
  if (bit < 0) return -1
  let zeros = 0
  while (zeros < 32 && bit + zeros < lastBit && bitAt(bytes, bit + zeros) === 0) zeros++
  const after = bit + 2 * zeros + 1
  return zeros < 32 && after <= lastBit ? after : -1
}
