import { payloadEnd, payloadStart } from '../rtp/packet.ts'
import { AGGREGATED_LENGTH_BYTES, aggregatedNalEnd, NAL, nalType } from './nal.ts'

const NONE: readonly Buffer[] = []

/**
 * Copies of the sequence and picture parameter sets in an H264 RTP packet, NAL headers included: those who join
 * late need them. Allocates only when there are some.
 */
export function parameterSetsOf(packet: Buffer): readonly Buffer[] {
  const start = payloadStart(packet)
  const end = payloadEnd(packet)
  if (start >= end) return NONE
  const type = nalType(packet[start] ?? 0)
  if (isParameterSet(type)) return [Buffer.from(packet.subarray(start, end))]
  return type === NAL.STAP_A ? aggregatedParameterSets(packet, start + 1, end) : NONE
}

function aggregatedParameterSets(packet: Buffer, start: number, end: number): readonly Buffer[] {
  let sets: Buffer[] | undefined
  let at = start
  for (let nal = aggregatedNalEnd(packet, at, end); nal >= 0; nal = aggregatedNalEnd(packet, at, end)) {
    const nalStart = at + AGGREGATED_LENGTH_BYTES
    if (isParameterSet(nalType(packet[nalStart] ?? 0)))
      (sets ??= []).push(Buffer.from(packet.subarray(nalStart, nal)))
    at = nal
  }
  return sets ?? NONE
}

function isParameterSet(type: number): boolean {
  return type === NAL.SPS || type === NAL.PPS
}
