import type { Layer } from '../../../core/layer.ts'
import type { Clock } from '../../../core/ports.ts'
import {
  APPLICATION,
  blockDelay,
  blockFractionLost,
  blockLastReport,
  blockSsrc,
  countOrFormat,
  FIR,
  mediaSsrc,
  NACK,
  packetLength,
  packetType,
  PAYLOAD_FEEDBACK,
  PLI,
  RECEIVER_REPORT,
  rembBitrate,
  reportBlock,
  SENDER_REPORT,
  TRANSPORT_FEEDBACK,
} from '../../../media/rtcp/read.ts'
import { writeSenderReport } from '../../../media/rtcp/write.ts'
import type { Estimate } from './choose-layer.ts'
import type { Forwarder } from './forwarder.ts'

/** Retransmissions may not exceed what was sent anew: packets that a viewer may ask for in a burst. */
const RESEND_BURST = 200
const LOSS_SMOOTHING = 0.3

const scratch = Buffer.allocUnsafeSlow(2048)
const reportBuffer = Buffer.alloc(28)

/** What a viewer's RTCP says, and our sender reports to it. */
export class ViewerFeedback {
  readonly #forwarders: readonly Forwarder[]
  readonly #clock: Clock
  /** Retransmissions it may still have; refilled by what is sent. */
  #credit = RESEND_BURST
  #sent = 0
  #remb = 0
  #loss = 0
  roundTripTime: number | undefined

  constructor({ forwarders, clock }: { forwarders: readonly Forwarder[]; clock: Clock }) {
    this.#forwarders = forwarders
    this.#clock = clock
  }

  get estimate(): Estimate {
    return { bitrate: this.#remb, loss: this.#loss }
  }

  /** Reads a compound. Returns the SSRC that the viewer wants a key frame of, 0 when none. */
  read(compound: Buffer): number {
    let keyFrameOf = 0
    let offset = 0
    for (;;) {
      const length = packetLength(compound, offset)
      if (length < 8) return keyFrameOf
      const type = packetType(compound, offset)
      const format = countOrFormat(compound, offset)
      if (type === RECEIVER_REPORT || type === SENDER_REPORT) this.#readBlocks(compound, offset)
      else if (length >= 12 && type === TRANSPORT_FEEDBACK && format === NACK)
        this.#answerNack(compound, offset, length)
      else if (type === PAYLOAD_FEEDBACK && format === PLI && length >= 12)
        keyFrameOf = mediaSsrc(compound, offset)
      else if (type === PAYLOAD_FEEDBACK && format === FIR && length >= 16)
        keyFrameOf = compound.readUInt32BE(offset + 12)
      else if (type === PAYLOAD_FEEDBACK && format === APPLICATION) {
        const bitrate = rembBitrate(compound, offset)
        if (bitrate > 0) this.#remb = bitrate
      }
      offset += length
    }
  }

  /** Where the viewer's clock stands for this layer now; undefined until the publisher has reported. */
  senderReport(layer: Layer, forwarder: Forwarder): Buffer | undefined {
    const captured = layer.captureClock
    if (!captured) return undefined
    const now = this.#clock.now()
    const ahead = Math.round(((now - captured.capturedAt) * forwarder.clockRate) / 1000)
    const timestamp = (captured.rtpTimestamp + forwarder.timestampOffset + ahead) >>> 0
    writeSenderReport(reportBuffer, forwarder.ssrc, now, timestamp, forwarder.packets, forwarder.octets)
    return reportBuffer
  }

  #readBlocks(compound: Buffer, offset: number): void {
    let worst = -1
    for (let index = 0; ; index++) {
      const block = reportBlock(compound, offset, index)
      if (block < 0) break
      if (!this.#forwarders.some(({ ssrc }) => ssrc === blockSsrc(compound, block))) continue
      worst = Math.max(worst, blockFractionLost(compound, block))
      const lastReport = blockLastReport(compound, block)
      if (lastReport !== 0) this.#measureRoundTrip(lastReport, blockDelay(compound, block))
    }
    if (worst >= 0) this.#loss += (worst - this.#loss) * LOSS_SMOOTHING
  }

  /** RFC 3550 §6.4.1: now − LSR − DLSR, in units of 1/65536 s. */
  #measureRoundTrip(lastReport: number, delay: number): void {
    const seconds = this.#clock.now() / 1000 + 2_208_988_800
    const now = Math.floor((seconds % 65_536) * 65_536)
    const units = (now - lastReport - delay) >>> 0
    if (units < 10 * 65_536) this.roundTripTime = (units / 65_536) * 1000
  }

  #answerNack(compound: Buffer, offset: number, length: number): void {
    const ssrc = mediaSsrc(compound, offset)
    const forwarder = this.#forwarders.find((candidate) => candidate.ssrc === ssrc)
    if (!forwarder) return
    this.#credit = Math.min(RESEND_BURST, this.#credit + forwarder.packets - this.#sent)
    this.#sent = forwarder.packets
    for (let at = offset + 12; at + 4 <= offset + length; at += 4) {
      const first = compound.readUInt16BE(at)
      const following = compound.readUInt16BE(at + 2)
      for (let bit = -1; bit < 16; bit++) {
        if (bit >= 0 && ((following >> bit) & 1) === 0) continue
        if (this.#credit <= 0) return
        if (forwarder.resend((first + bit + 1) & 0xffff, scratch)) this.#credit--
      }
    }
  }
}
