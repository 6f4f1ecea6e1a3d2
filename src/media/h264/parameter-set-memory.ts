import { payloadEnd, payloadStart } from '../rtp/packet.ts'
import { AGGREGATED_LENGTH_BYTES, NAL, nalType } from './nal.ts'
import { parameterSetsOf } from './parameter-sets.ts'

/** The F and NRI bits of parameter sets, which are never disposable (RFC 6184 §5.7.1). */
const STAP_A_HEADER = 0x60 | NAL.STAP_A

/** Remembers an H264 stream's latest parameter sets: encoders may send them once, newcomers need them always. */
export class ParameterSetMemory {
  #sps: Buffer | undefined
  #pps: Buffer | undefined
  #payload: Buffer | undefined

  /** Both sets as the payload of one RTP packet; the same object until one of them changes. */
  get payload(): Buffer | undefined {
    return this.#payload
  }

  /** Takes what another process remembered. */
  set payload(payload: Buffer | undefined) {
    this.#payload = payload
  }

  /** Hot path: allocates only when the packet brings sets. */
  look(packet: Buffer): void {
    if (!mayHoldSets(packet)) return
    for (const set of parameterSetsOf(packet)) this.#remember(set)
  }

  #remember(set: Buffer): void {
    const isSps = nalType(set[0] ?? 0) === NAL.SPS
    const known = isSps ? this.#sps : this.#pps
    if (known?.equals(set)) return
    if (isSps) this.#sps = set
    else this.#pps = set
    if (this.#sps && this.#pps) this.#payload = aggregate([this.#sps, this.#pps])
  }
}

/** Whether the packet brings a sequence parameter set itself. */
export function bringsParameterSets(packet: Buffer): boolean {
  return mayHoldSets(packet) && parameterSetsOf(packet).some((set) => nalType(set[0] ?? 0) === NAL.SPS)
}

function mayHoldSets(packet: Buffer): boolean {
  const start = payloadStart(packet)
  if (start >= payloadEnd(packet)) return false
  const type = nalType(packet[start] ?? 0)
  return type === NAL.SPS || type === NAL.PPS || type === NAL.STAP_A
}

/** RFC 6184 §5.7.1 */
function aggregate(nals: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.of(STAP_A_HEADER)]
  for (const nal of nals) {
    const length = Buffer.alloc(AGGREGATED_LENGTH_BYTES)
    length.writeUInt16BE(nal.length)
    parts.push(length, nal)
  }
  return Buffer.concat(parts)
}
