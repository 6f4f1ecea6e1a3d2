import type { AccessUnit } from '../access-unit.ts'
import type { Codec } from '../codec.ts'
import { packetizeH264 } from '../h264/packetize.ts'
import { RTP_HEADER_BYTES } from './packet.ts'
import { rewriteHeader } from './rewrite.ts'

type UnitPacketizerOptions = {
  codec: Codec
  /** Bytes of the largest packet, header included. An Opus packet that is larger is sent all the same. */
  mtu: number
  /** The packet belongs to the receiver. */
  onPacket: (packet: Buffer) => void
  payloadType?: number
  ssrc?: number
}

const VERSION_2 = 0x80
const MARKER = 0x80
const FIRST_DYNAMIC_PAYLOAD_TYPE = 96
const MIN_MTU = 64

/** Makes RTP packets of access units that came without: H264 and Opus. */
export class UnitPacketizer {
  readonly #codec: Codec
  readonly #maxPayload: number
  readonly #onPacket: (packet: Buffer) => void
  readonly #payloadType: number
  readonly #ssrc: number
  #sequence = 0

  /** Throws for a codec that cannot be put into RTP here. */
  constructor({ codec, mtu, onPacket, payloadType, ssrc }: UnitPacketizerOptions) {
    if (codec !== 'H264' && codec !== 'opus') throw new TypeError(`${codec} cannot be put into RTP packets`)
    if (mtu < MIN_MTU) throw new RangeError(`an MTU of ${mtu} bytes leaves no room for media`)
    this.#codec = codec
    this.#maxPayload = mtu - RTP_HEADER_BYTES
    this.#onPacket = onPacket
    this.#payloadType = payloadType ?? FIRST_DYNAMIC_PAYLOAD_TYPE
    this.#ssrc = ssrc ?? 0
  }

  push(unit: AccessUnit): void {
    if (this.#codec === 'opus') {
      this.#send(unit.data, unit.timestamp, false) // the marker begins a talkspurt (RFC 7587 §4.1); units do not say
      return
    }
    const payloads = packetizeH264(unit.data, this.#maxPayload)
    for (const [index, payload] of payloads.entries())
      this.#send(payload, unit.timestamp, index === payloads.length - 1)
  }

  #send(payload: Uint8Array, timestamp: number, marker: boolean): void {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length)
    packet[0] = VERSION_2
    packet[1] = marker ? MARKER : 0
    rewriteHeader(packet, this.#payloadType, this.#sequence++, timestamp, this.#ssrc)
    packet.set(payload, RTP_HEADER_BYTES)
    this.#onPacket(packet)
  }
}
