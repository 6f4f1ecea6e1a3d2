import { payloadEnd, payloadStart } from '../rtp/packet.ts'
import {
  AGGREGATED_LENGTH_BYTES,
  aggregatedNalEnd,
  FU_START,
  LENGTH_BYTES,
  NAL,
  nalEnd,
  nalType,
} from './nal.ts'
import { sliceType, sliceTypeAt } from './slice.ts'

/** slice_type 1 and 6 (H.264 table 7-6), modulo 5. */
const B = 1

/** Whether an H264 RTP packet begins a B slice, which browsers show out of order. Allocates nothing. */
export function isBSlice(packet: Buffer): boolean {
  const start = payloadStart(packet)
  const end = payloadEnd(packet)
  const type = nalType(packet[start] ?? 0)
  if (start >= end) return false
  if (type === NAL.STAP_A) return aggregateHasBSlice(packet, start + 1, end)
  if (type !== NAL.FU_A) return sliceType(packet, start, end) === B
  const fragment = packet[start + 1] ?? 0
  if (start + 1 >= end || (fragment & FU_START) === 0 || nalType(fragment) !== NAL.SLICE) return false
  return sliceTypeAt(packet, start + 2, end) === B
}

/** Whether an H264 access unit holds a B slice. */
export function hasBFrames(unit: Uint8Array): boolean {
  let at = 0
  for (let end = nalEnd(unit, at); end >= 0; end = nalEnd(unit, at)) {
    if (sliceType(unit, at + LENGTH_BYTES, end) === B) return true
    at = end
  }
  return false
}

function aggregateHasBSlice(packet: Buffer, start: number, end: number): boolean {
  let at = start
  for (let nal = aggregatedNalEnd(packet, at, end); nal >= 0; nal = aggregatedNalEnd(packet, at, end)) {
    if (sliceType(packet, at + AGGREGATED_LENGTH_BYTES, nal) === B) return true
    at = nal
  }
  return false
}
