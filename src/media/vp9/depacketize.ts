import type { DepacketizedUnit } from '../rtp/depacketize.ts'
import { isVp9KeyFrame } from './frame.ts'
import { startsVp9Frame, startsVp9Picture, vp9DataStart } from './payload-descriptor.ts'

/** A superframe says its count in three bits (VP9 bitstream specification, annex B). */
const MAX_FRAMES = 8
const SUPERFRAME_MARKER = 0xc0
const FOUR_BYTE_SIZES = 0x18

/** VP9 payloads to one picture; the frames of several spatial layers become one superframe (annex B). */
export function depacketizeVp9(payloads: readonly Buffer[]): DepacketizedUnit | undefined {
  const parts: Buffer[] = []
  const frameSizes: number[] = []
  for (const payload of payloads) {
    const start = vp9DataStart(payload, 0, payload.length)
    if (start < 0) return undefined
    if (startsVp9Frame(payload, 0, payload.length)) frameSizes.push(0)
    const last = frameSizes.length - 1
    if (last < 0 || last >= MAX_FRAMES) return undefined
    frameSizes[last] = (frameSizes[last] ?? 0) + payload.length - start
    parts.push(payload.subarray(start))
  }
  const [first] = parts
  if (!first) return undefined
  if (frameSizes.length > 1) parts.push(superframeIndex(frameSizes))
  return { data: Buffer.concat(parts), keyFrame: isVp9KeyFrame(first, 0, first.length) }
}

/** RFC 9628 §4.2: the B bit on the lowest spatial layer. */
export function startsVp9Unit(payload: Buffer): boolean {
  return startsVp9Picture(payload, 0, payload.length)
}

function superframeIndex(frameSizes: readonly number[]): Buffer {
  const index = Buffer.alloc(2 + 4 * frameSizes.length)
  const marker = SUPERFRAME_MARKER | FOUR_BYTE_SIZES | (frameSizes.length - 1)
  index[0] = marker
  for (const [frame, size] of frameSizes.entries()) index.writeUInt32LE(size, 1 + 4 * frame)
  index[index.length - 1] = marker
  return index
}
