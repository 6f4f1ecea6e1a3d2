import { sequenceOf } from './packet.ts'
import { sequenceDistance, unwrapSequence } from './sequence.ts'

type ReorderBufferOptions = {
  /** How long a missing packet is waited for, in milliseconds. */
  maxWait: number
  /** Called in order of sequence numbers; `afterGap` when the packet before it never came, or is unknown. */
  onPacket: (packet: Buffer, afterGap: boolean) => void
}

/** Packets held at most while one is missing: half a second at 8 Mbit/s. A power of two. */
const SLOTS = 512
/** A packet so far behind belongs to a stream that has begun anew (RFC 3550 appendix A.1, MAX_MISORDER). */
const MAX_MISORDER = 1000

/**
 * Puts packets back in order: drops duplicates and those that come too late, and waits a bounded time for those
 * that are missing. It has no clock: time passes when packets arrive.
 */
export class ReorderBuffer {
  readonly #maxWait: number
  readonly #onPacket: (packet: Buffer, afterGap: boolean) => void
  readonly #packets = new Array<Buffer | undefined>(SLOTS)
  readonly #arrivals = new Float64Array(SLOTS)
  /** Unwrapped sequence number of the packet to hand on next; -1 before the first. */
  #next = -1
  #held = 0
  /** When the packet that is waited for was first missed. */
  #missedAt = 0
  #afterGap = true

  constructor({ maxWait, onPacket }: ReorderBufferOptions) {
    this.#maxWait = maxWait
    this.#onPacket = onPacket
  }

  /** Keeps `packet` itself for as long as it waits. */
  push(packet: Buffer, arrivedAt: number): void {
    const sequence = this.#unwrap(sequenceOf(packet))
    if (sequence < this.#next) return
    while (sequence - this.#next >= SLOTS) this.#skipGap(sequence)
    const slot = sequence & (SLOTS - 1)
    if (this.#packets[slot]) return
    if (this.#held === 0) this.#missedAt = arrivedAt
    this.#packets[slot] = packet
    this.#arrivals[slot] = arrivedAt
    this.#held++
    this.#handOn()
    while (this.#held > 0 && arrivedAt - this.#missedAt >= this.#maxWait) this.#skipGap(sequence + 1)
  }

  #unwrap(sequence: number): number {
    if (this.#next >= 0 && sequenceDistance(this.#next, sequence) > -MAX_MISORDER)
      return unwrapSequence(this.#next, sequence)
    this.#packets.fill(undefined)
    this.#held = 0
    this.#afterGap = true
    this.#next = sequence + 0x10000 // never below zero, however far back a late packet lies
    return this.#next
  }

  /** Gives up on the missing packet and hands on what follows it, or goes to `target` when nothing is held. */
  #skipGap(target: number): void {
    this.#afterGap = true
    if (this.#held === 0) {
      this.#next = target
      return
    }
    while (!this.#packets[this.#next & (SLOTS - 1)]) this.#next++
    this.#handOn()
  }

  #handOn(): void {
    const first = this.#next
    for (;;) {
      const slot = this.#next & (SLOTS - 1)
      const packet = this.#packets[slot]
      if (!packet) break
      this.#packets[slot] = undefined
      this.#held--
      this.#next++
      const afterGap = this.#afterGap
      this.#afterGap = false
      this.#onPacket(packet, afterGap)
    }
    if (this.#held > 0 && this.#next !== first) this.#missedAt = this.#earliestArrival()
  }

  /** The next packet has been missed since the first of those behind it arrived. */
  #earliestArrival(): number {
    let earliest = Infinity
    for (let slot = 0; slot < SLOTS; slot++)
      if (this.#packets[slot]) earliest = Math.min(earliest, this.#arrivals[slot] ?? 0)
    return earliest
  }
}
