import { CONTINUES, NEW_SEQUENCE, sequenceHeaderOffset } from '../av1/obu.ts'
import type { Codec } from '../codec.ts'
import { AGGREGATED_LENGTH_BYTES, aggregatedNalEnd, FU_START, NAL, nalType } from '../h264/nal.ts'
import { isFirstSlice } from '../h264/slice.ts'
import { isVp8KeyFrame } from '../vp8/frame.ts'
import { startsVp8Frame, vp8DataStart } from '../vp8/payload-descriptor.ts'
import { isVp9KeyFrame } from '../vp9/frame.ts'
import { isVp9InterPredicted, startsVp9Picture, vp9DataStart } from '../vp9/payload-descriptor.ts'
import { payloadEnd, payloadStart } from './packet.ts'

/**
 * Whether a decoder may begin with this packet. Runs once per packet of a video layer: allocates nothing. False
 * for audio, of which any packet would do, and for packets that are cut short.
 */
export function startsKeyFrame(codec: Codec, packet: Buffer): boolean {
  const start = payloadStart(packet)
  const end = payloadEnd(packet)
  if (start >= end) return false
  switch (codec) {
    case 'H264':
      return startsH264KeyFrame(packet, start, end)
    case 'VP8':
      return startsVp8KeyFrame(packet, start, end)
    case 'VP9':
      return startsVp9KeyFrame(packet, start, end)
    case 'AV1':
      return startsAv1KeyFrame(packet, start, end)
    case 'JPEG':
    case 'opus':
    case 'AAC':
      return false
  }
}

function startsH264KeyFrame(packet: Buffer, start: number, end: number): boolean {
  const type = nalType(packet[start] ?? 0)
  if (type === NAL.STAP_A) return stapStartsKeyFrame(packet, start + 1, end)
  if (type !== NAL.FU_A) return nalStartsKeyFrame(type, packet, start, end)
  const fragment = packet[start + 1] ?? 0
  if ((fragment & FU_START) === 0) return false
  return nalStartsKeyFrame(nalType(fragment), packet, start + 1, end)
}

function stapStartsKeyFrame(packet: Buffer, start: number, end: number): boolean {
  let at = start
  for (let nal = aggregatedNalEnd(packet, at, end); nal >= 0; nal = aggregatedNalEnd(packet, at, end)) {
    const nalStart = at + AGGREGATED_LENGTH_BYTES
    if (nalStartsKeyFrame(nalType(packet[nalStart] ?? 0), packet, nalStart, nal)) return true
    at = nal
  }
  return false
}

/** `start` is where the NAL header is or, in a fragment, the FU header: the slice header follows either. */
function nalStartsKeyFrame(type: number, packet: Buffer, start: number, end: number): boolean {
  if (type === NAL.SPS) return start + 3 < end
  return type === NAL.IDR && isFirstSlice(packet, start, end)
}

function startsVp8KeyFrame(packet: Buffer, start: number, end: number): boolean {
  if (!startsVp8Frame(packet, start, end)) return false
  const data = vp8DataStart(packet, start, end)
  return data >= 0 && isVp8KeyFrame(packet, data, end)
}

function startsVp9KeyFrame(packet: Buffer, start: number, end: number): boolean {
  if (isVp9InterPredicted(packet, start) || !startsVp9Picture(packet, start, end)) return false
  const data = vp9DataStart(packet, start, end)
  return data >= 0 && isVp9KeyFrame(packet, data, end)
}

function startsAv1KeyFrame(packet: Buffer, start: number, end: number): boolean {
  const aggregation = packet[start] ?? 0
  if (start + 1 >= end) return false
  if ((aggregation & NEW_SEQUENCE) !== 0 && (aggregation & CONTINUES) === 0) return true
  return sequenceHeaderOffset(packet, start, end) >= 0
}
