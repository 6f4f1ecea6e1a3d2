import type { AccessUnit } from '../access-unit.ts'
import { OBU, obuEnd, obuType } from '../av1/obu.ts'
import type { Codec } from '../codec.ts'
import { LENGTH_BYTES, NAL, nalEnd, nalType } from '../h264/nal.ts'

/**
 * The bytes of an access unit as they lie in an `mdat`: H264 without delimiters and filler (ISO/IEC 14496-15
 * §5.3.2), but with its parameter sets, for players that take no second header when the picture changes; AV1
 * without OBUs that files leave out (AV1-ISOBMFF §2.4); other codecs as they are. Copies nothing unless something
 * is left out from between.
 */
export function sampleOf(codec: Codec, unit: AccessUnit): Uint8Array {
  if (codec === 'H264') return withoutParts(unit.data, nalEnd, isLeftOutOfH264)
  if (codec === 'AV1') return withoutParts(unit.data, obuEnd, isLeftOutOfAv1)
  return unit.data
}

type EndOf = (data: Uint8Array, at: number) => number
type IsLeftOut = (data: Uint8Array, at: number) => boolean

/** Nearly always what is left out comes first, so that the rest is one piece. */
function withoutParts(data: Uint8Array, endOf: EndOf, isLeftOut: IsLeftOut): Uint8Array {
  let start = 0
  let at = 0
  let kept: Uint8Array[] | undefined
  for (let end = endOf(data, at); end > at; end = endOf(data, at)) {
    if (isLeftOut(data, at)) {
      if (start < at) (kept ??= []).push(data.subarray(start, at))
      start = end
    }
    at = end
  }
  const last = start === 0 && at === data.length ? data : data.subarray(start, at)
  if (!kept) return last
  if (last.length > 0) kept.push(last)
  const [only] = kept
  if (only && kept.length === 1) return only
  return Buffer.concat(kept)
}

function isLeftOutOfH264(data: Uint8Array, at: number): boolean {
  const type = nalType(data[at + LENGTH_BYTES] ?? 0)
  return type === NAL.DELIMITER || type === NAL.FILLER
}

function isLeftOutOfAv1(data: Uint8Array, at: number): boolean {
  const type = obuType(data[at] ?? 0)
  return type === OBU.TEMPORAL_DELIMITER || type === OBU.TILE_LIST || type === OBU.PADDING
}
