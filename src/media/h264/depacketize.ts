import type { DepacketizedUnit } from '../rtp/depacketize.ts'
import {
  AGGREGATED_LENGTH_BYTES,
  aggregatedNalEnd,
  FU_END,
  FU_START,
  LENGTH_BYTES,
  NAL,
  nalType,
} from './nal.ts'

/**
 * H264 payloads to one access unit of length-prefixed NAL units: https://www.rfc-editor.org/rfc/rfc6184#section-5.
 * The interleaved forms (STAP-B, MTAP, FU-B) are never negotiated, so a unit that holds one is given up.
 */
export function depacketizeH264(payloads: readonly Buffer[]): DepacketizedUnit | undefined {
  const unit = new UnitWriter(payloads)
  for (const payload of payloads) if (!unit.add(payload)) return undefined
  return unit.finish()
}

/** An access unit delimiter or a sequence parameter set comes before everything else (H.264 §7.4.1.2.3). */
export function startsH264Unit(payload: Buffer): boolean {
  const type = nalType(payload[0] ?? 0)
  const first = type === NAL.STAP_A ? nalType(payload[3] ?? 0) : type
  return first === NAL.DELIMITER || first === NAL.SPS
}

class UnitWriter {
  readonly #data: Buffer
  #at = 0
  /** Where the length of the NAL unit goes whose fragments are coming in; -1 when none is. */
  #fragmented = -1
  #keyFrame = false

  constructor(payloads: readonly Buffer[]) {
    let most = 0
    for (const payload of payloads) {
      // In a STAP-A every length grows from two bytes to four, so units of a single byte grow most, by 2/3.
      const aggregate = nalType(payload[0] ?? 0) === NAL.STAP_A
      most += aggregate ? payload.length * 2 : payload.length + LENGTH_BYTES
    }
    this.#data = Buffer.allocUnsafe(most)
  }

  /** False when the payload makes no sense here. */
  add(payload: Buffer): boolean {
    const type = nalType(payload[0] ?? 0)
    if (type === NAL.FU_A) return this.#addFragment(payload)
    if (this.#fragmented >= 0) return false
    if (type === NAL.STAP_A) return this.#addAggregate(payload)
    return this.#addNal(payload, 0, payload.length)
  }

  finish(): DepacketizedUnit | undefined {
    if (this.#fragmented >= 0 || this.#at === 0) return undefined
    return { data: this.#data.subarray(0, this.#at), keyFrame: this.#keyFrame }
  }

  #addNal(payload: Buffer, start: number, end: number): boolean {
    const type = nalType(payload[start] ?? 0)
    if (start >= end || type === 0 || type > NAL.LAST_SINGLE) return false
    if (type === NAL.IDR) this.#keyFrame = true
    this.#at = this.#data.writeUInt32BE(end - start, this.#at)
    this.#at += payload.copy(this.#data, this.#at, start, end)
    return true
  }

  /** RFC 6184 §5.7.1 */
  #addAggregate(payload: Buffer): boolean {
    const end = payload.length
    let at = 1
    for (let nal = aggregatedNalEnd(payload, at, end); nal >= 0; nal = aggregatedNalEnd(payload, at, end)) {
      if (!this.#addNal(payload, at + AGGREGATED_LENGTH_BYTES, nal)) return false
      at = nal
    }
    return at === end
  }

  /** RFC 6184 §5.8 */
  #addFragment(payload: Buffer): boolean {
    if (payload.length < 3) return false
    const fragment = payload[1] ?? 0
    if ((fragment & FU_START) !== 0) {
      if (this.#fragmented >= 0 || !this.#beginFragmented(payload)) return false
    } else if (this.#fragmented < 0) return false
    this.#at += payload.copy(this.#data, this.#at, 2)
    if ((fragment & FU_END) === 0) return true
    this.#data.writeUInt32BE(this.#at - this.#fragmented - LENGTH_BYTES, this.#fragmented)
    this.#fragmented = -1
    return true
  }

  /** The NAL header is the F and NRI bits of the FU indicator and the type of the FU header. */
  #beginFragmented(payload: Buffer): boolean {
    const type = nalType(payload[1] ?? 0)
    if (type === 0 || type > NAL.LAST_SINGLE) return false
    if (type === NAL.IDR) this.#keyFrame = true
    this.#fragmented = this.#at
    this.#at += LENGTH_BYTES
    this.#data[this.#at++] = ((payload[0] ?? 0) & 0xe0) | type
    return true
  }
}
