import type { AccessUnit } from '../access-unit.ts'
import type { Codec } from '../codec.ts'
import { type PayloadFormat, payloadFormatOf } from './depacketize.ts'
import { isRtp, markerOf, payloadEnd, payloadStart, timestampOf } from './packet.ts'
import { ReorderBuffer } from './reorder-buffer.ts'
import { unwrapTimestamp } from './sequence.ts'

type UnitAssemblerOptions = {
  codec: Codec
  /** How long a missing packet is waited for, in milliseconds. */
  maxWait: number
  onUnit: (unit: AccessUnit) => void
}

/** A picture that needs more than this is an attack: 8 MiB, in packets of any size. */
const MAX_UNIT_BYTES = 8 * 1024 * 1024
const MAX_UNIT_PACKETS = 8192

/**
 * Makes access units of RTP packets that come late, twice, out of order or not at all. A unit is whole or it is
 * not given out; the first one after something was lost says so.
 */
export class UnitAssembler {
  readonly #format: PayloadFormat
  readonly #onUnit: (unit: AccessUnit) => void
  readonly #reorder: ReorderBuffer
  #payloads: Buffer[] = []
  #bytes = 0
  /** Unwrapped timestamp of the unit that is being collected. */
  #timestamp: number | undefined
  /** Something of the unit that is being collected is missing. */
  #broken = false
  #lost = false
  #givenOut = false

  /** Throws for a codec that has no RTP form here. */
  constructor({ codec, maxWait, onUnit }: UnitAssemblerOptions) {
    this.#format = payloadFormatOf(codec)
    this.#onUnit = onUnit
    this.#reorder = new ReorderBuffer({
      maxWait,
      onPacket: (packet, afterGap) => this.#take(packet, afterGap),
    })
  }

  /** `packet` may be reused afterwards; what is no RTP is ignored. `arrivedAt` is monotonic milliseconds. */
  push(packet: Buffer, arrivedAt: number): void {
    if (!isRtp(packet)) return
    this.#reorder.push(Buffer.from(packet), arrivedAt)
  }

  #take(packet: Buffer, afterGap: boolean): void {
    const rtpTimestamp = timestampOf(packet)
    const timestamp = unwrapTimestamp(this.#timestamp ?? rtpTimestamp, rtpTimestamp)
    if (afterGap) this.#discard()
    else if (timestamp !== this.#timestamp) this.#finish(this.#timestamp ?? timestamp)
    this.#timestamp = timestamp
    this.#collect(packet.subarray(payloadStart(packet), payloadEnd(packet)), afterGap)
    if (this.#format.onePacketPerUnit || markerOf(packet)) this.#finish(timestamp)
  }

  /** Padding is no part of a unit, but what comes first after a gap decides whether its start is there. */
  #collect(payload: Buffer, afterGap: boolean): void {
    if (afterGap) this.#broken = payload.length === 0 || !this.#format.startsUnit(payload)
    if (payload.length === 0 || this.#broken) return
    this.#bytes += payload.length
    this.#payloads.push(payload)
    if (this.#bytes <= MAX_UNIT_BYTES && this.#payloads.length <= MAX_UNIT_PACKETS) return
    this.#payloads = []
    this.#broken = true
  }

  /** The unit that was being collected will never be whole. */
  #discard(): void {
    this.#lost = true
    this.#payloads = []
    this.#bytes = 0
  }

  #finish(timestamp: number): void {
    const payloads = this.#payloads
    const wanted = payloads.length > 0 || this.#broken
    const unit = this.#broken || payloads.length === 0 ? undefined : this.#format.depacketize(payloads)
    this.#payloads = []
    this.#bytes = 0
    this.#broken = false
    if (!wanted) return
    if (!unit) {
      this.#lost = true
      return
    }
    const afterLoss = this.#givenOut ? this.#lost : !unit.keyFrame
    this.#lost = false
    this.#givenOut = true
    this.#onUnit({ timestamp, keyFrame: unit.keyFrame, afterLoss, data: unit.data })
  }
}
