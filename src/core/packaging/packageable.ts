import type { Codec } from '../track-info.ts'

const PACKAGEABLE: ReadonlySet<Codec> = new Set(['H264', 'VP9', 'AV1', 'opus', 'AAC'])

/** Whether CMAF carries the codec, and so LL-HLS and recordings. */
export function isPackageable(codec: Codec): boolean {
  return PACKAGEABLE.has(codec)
}
