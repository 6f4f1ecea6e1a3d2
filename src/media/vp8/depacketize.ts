import type { DepacketizedUnit } from '../rtp/depacketize.ts'
import { isVp8KeyFrame } from './frame.ts'
import { startsVp8Frame, vp8DataStart } from './payload-descriptor.ts'

/** VP8 payloads to one frame: the data behind each descriptor (RFC 7741 §4.5). */
export function depacketizeVp8(payloads: readonly Buffer[]): DepacketizedUnit | undefined {
  const parts: Buffer[] = []
  for (const [index, payload] of payloads.entries()) {
    const start = vp8DataStart(payload, 0, payload.length)
    if (start < 0 || startsVp8Frame(payload, 0, payload.length) !== (index === 0)) return undefined
    parts.push(payload.subarray(start))
  }
  if (parts.length === 0) return undefined
  const data = Buffer.concat(parts)
  return { data, keyFrame: isVp8KeyFrame(data, 0, data.length) }
}

/** RFC 7741 §4.2: the S bit with partition index 0. */
export function startsVp8Unit(payload: Buffer): boolean {
  return startsVp8Frame(payload, 0, payload.length)
}
