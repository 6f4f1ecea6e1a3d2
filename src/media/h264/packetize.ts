import { FU_END, FU_START, LENGTH_BYTES, NAL, nalEnd, nalType } from './nal.ts'

/** What precedes the slices of a picture and is small enough to share a packet. */
const isSlice = (header: number): boolean => nalType(header) >= NAL.SLICE && nalType(header) <= NAL.IDR

/**
 * Cuts one access unit of length-prefixed NAL units into RTP payloads of at most `maxPayload` bytes, in order:
 * parameter sets and the like together, slices alone, or in fragments where they do not fit (RFC 6184 §5.6–5.8).
 */
export function packetizeH264(unit: Uint8Array, maxPayload: number): Buffer[] {
  const payloads: Buffer[] = []
  let together: Uint8Array[] = []
  let togetherBytes = 1
  const flush = () => {
    if (together.length > 0) payloads.push(aggregate(together, togetherBytes))
    together = []
    togetherBytes = 1
  }
  for (const nal of nalUnitsOf(unit)) {
    const small = !isSlice(nal[0] ?? 0) && nal.length + 3 <= maxPayload
    if (!small || togetherBytes + 2 + nal.length > maxPayload) flush()
    if (small) {
      together.push(nal)
      togetherBytes += 2 + nal.length
    } else if (nal.length <= maxPayload) payloads.push(Buffer.from(nal))
    else fragment(nal, maxPayload, payloads)
  }
  flush()
  return payloads
}

/** NAL units of an access unit, without their lengths; stops at one that is cut short. */
export function* nalUnitsOf(unit: Uint8Array): Generator<Uint8Array> {
  let at = 0
  for (let end = nalEnd(unit, at); end >= 0; end = nalEnd(unit, at)) {
    if (end > at + LENGTH_BYTES) yield unit.subarray(at + LENGTH_BYTES, end)
    at = end
  }
}

/** STAP-A, or the NAL unit itself when it is the only one. F and NRI are the greatest of all (RFC 6184 §5.7). */
function aggregate(nals: readonly Uint8Array[], bytes: number): Buffer {
  const [only] = nals
  if (only && nals.length === 1) return Buffer.from(only)
  const payload = Buffer.allocUnsafe(bytes)
  let forbidden = 0
  let importance = 0
  let at = 1
  for (const nal of nals) {
    const header = nal[0] ?? 0
    forbidden |= header & 0x80
    importance = Math.max(importance, header & 0x60)
    at = payload.writeUInt16BE(nal.length, at)
    payload.set(nal, at)
    at += nal.length
  }
  payload[0] = forbidden | importance | NAL.STAP_A
  return payload
}

/** FU-A, in pieces of nearly equal size: a last packet of a few bytes is lost as easily as a full one. */
function fragment(nal: Uint8Array, maxPayload: number, payloads: Buffer[]): void {
  const header = nal[0] ?? 0
  const body = nal.length - 1
  const pieces = Math.ceil(body / (maxPayload - 2))
  for (let piece = 0; piece < pieces; piece++) {
    const start = 1 + Math.floor((body * piece) / pieces)
    const end = 1 + Math.floor((body * (piece + 1)) / pieces)
    const payload = Buffer.allocUnsafe(2 + end - start)
    payload[0] = (header & 0xe0) | NAL.FU_A
    payload[1] = nalType(header) | (piece === 0 ? FU_START : 0) | (piece === pieces - 1 ? FU_END : 0)
    payload.set(nal.subarray(start, end), 2)
    payloads.push(payload)
  }
}
