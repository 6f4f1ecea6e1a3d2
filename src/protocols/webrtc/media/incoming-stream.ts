import type { Layer } from '../../../core/layer.ts'
import { sequenceOf, timestampOf } from '../../../media/rtp/packet.ts'
import { sequenceDistance } from '../../../media/rtp/sequence.ts'
import type { ReportBlock } from '../../../media/rtcp/write.ts'

/** A gap wider than this is a jump of the sender, not a loss to be asked for. */
const MAX_GAP = 100
const MAX_MISSING = 256
const MAX_ASKED = 4
const ASK_AGAIN_AFTER = 60

/** One SSRC of a publisher: counts what came, remembers what is missing. */
export class IncomingStream {
  readonly ssrc: number
  readonly layer: Layer
  octets = 0
  /** Compact NTP of the last sender report and when it came, for our report blocks. */
  lastReport = 0
  lastReportAt = 0
  #highest = -1
  #cycles = 0
  #first = 0
  #received = 0
  #priorExpected = 0
  #priorReceived = 0
  #jitter = 0
  #transit = 0
  readonly #missing = new Map<number, { asked: number; askedAt: number }>()

  constructor(ssrc: number, layer: Layer) {
    this.ssrc = ssrc
    this.layer = layer
  }

  /** Hot path. True when a packet before this one is missing. */
  count(packet: Buffer, arrivedAt: number): boolean {
    const sequence = sequenceOf(packet)
    this.octets += packet.length
    this.#received++
    if (this.#highest < 0) {
      this.#highest = this.#first = sequence
      return false
    }
    const transit = (arrivedAt * this.layer.track.clockRate) / 1000 - timestampOf(packet)
    const deviation = Math.abs(transit - this.#transit)
    this.#transit = transit
    if (deviation < this.layer.track.clockRate * 10) this.#jitter += (deviation - this.#jitter) / 16
    const ahead = sequenceDistance(this.#highest, sequence)
    if (ahead <= 0) {
      this.#missing.delete(sequence)
      return false
    }
    if (sequence < this.#highest) this.#cycles += 0x10000
    const before = this.#highest
    this.#highest = sequence
    if (ahead === 1) return false
    if (ahead > MAX_GAP) this.#missing.clear()
    else
      for (let i = 1; i < ahead && this.#missing.size < MAX_MISSING; i++)
        this.#missing.set((before + i) & 0xffff, { asked: 0, askedAt: -1e9 })
    return true
  }

  /** Calls `ask` for missing packets, each a few times, and gives up on the rest. */
  askForMissing(now: number, ask: (sequence: number) => void): void {
    for (const [sequence, state] of this.#missing) {
      if (state.asked >= MAX_ASKED || sequenceDistance(sequence, this.#highest) > 1000) {
        this.#missing.delete(sequence)
      } else if (now - state.askedAt >= ASK_AGAIN_AFTER) {
        state.asked++
        state.askedAt = now
        ask(sequence)
      }
    }
  }

  /** RFC 3550 appendix A.3; the fraction is over the time since the last call. */
  report(now: number): ReportBlock & { expected: number; missed: number } {
    const extended = this.#cycles + Math.max(0, this.#highest)
    const expected = extended - this.#first + 1
    const expectedNow = expected - this.#priorExpected
    const missed = Math.max(0, expectedNow - (this.#received - this.#priorReceived))
    this.#priorExpected = expected
    this.#priorReceived = this.#received
    return {
      ssrc: this.ssrc,
      fractionLost: expectedNow > 0 ? Math.min(255, Math.floor((missed * 256) / expectedNow)) : 0,
      lost: Math.max(0, expected - this.#received),
      highestSequence: extended,
      jitter: Math.floor(this.#jitter),
      lastReport: this.lastReport,
      delay: this.lastReport === 0 ? 0 : Math.floor(((now - this.lastReportAt) / 1000) * 65_536),
      expected: expectedNow,
      missed,
    }
  }
}
