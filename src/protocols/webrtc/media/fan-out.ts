import type { Layer, PacketReader } from '../../../core/layer.ts'
import { sequenceOf, timestampOf } from '../../../media/rtp/packet.ts'
import type { Forwarder } from './forwarder.ts'

/** Viewers that share a cursor, and so a slice of time. */
const GROUP = 64
/** Milliseconds that one turn of the event loop may go to forwarding. */
const BUDGET = 10
/** A group this many packets behind is catching up: it gets so many every millisecond, for its sockets' sake. */
const BURST = 48
const MAX_PACKET = 2048

type Group = { forwarders: Forwarder[]; cursor: number; catchingUp: boolean }

/** What the fan-out needs of its process. */
export type Turns = {
  /** Monotonic milliseconds. */
  now(): number
  /** Runs a task in the next turn of the event loop. */
  next(task: () => void): void
  /** Runs a task about a millisecond later. */
  soon(task: () => void): void
}

const scratch = Buffer.allocUnsafeSlow(MAX_PACKET)
/** Views of `scratch` by length, made once, so that no packet costs an object. */
const views: (Buffer | undefined)[] = []

/**
 * The one reader of a layer for all viewers of this process. A packet is copied out of the history once for each group
 * of viewers. When time is up, the rest follows in the next turn: each group has a cursor in the history, which is the
 * bounded queue between a fast publisher and a large audience.
 */
export class FanOut implements PacketReader {
  readonly #layer: Layer
  readonly #turns: Turns
  readonly #stopReading: () => void
  #groups: Group[] = []
  #scheduled = false
  #pacing = false
  /** Packets times viewers that were lost because the history had moved on. */
  dropped = 0

  constructor(layer: Layer, turns: Turns) {
    this.#layer = layer
    this.#turns = turns
    this.#stopReading = layer.readPackets(this)
  }

  get size(): number {
    return this.#groups.reduce((sum, { forwarders }) => sum + forwarders.length, 0)
  }

  /** The viewer gets every packet from `cursor` on. */
  add(forwarder: Forwarder, cursor: number): void {
    const group = this.#groups.find(
      ({ forwarders, cursor: at }) => forwarders.length < GROUP && at === cursor,
    )
    if (group) group.forwarders.push(forwarder)
    else this.#groups.push({ forwarders: [forwarder], cursor, catchingUp: false })
    if (cursor < this.#layer.history.next) this.#schedule()
  }

  remove(forwarder: Forwarder): void {
    for (const group of this.#groups) {
      const at = group.forwarders.indexOf(forwarder)
      if (at >= 0) group.forwarders.splice(at, 1)
    }
    this.#groups = this.#groups.filter(({ forwarders }) => forwarders.length > 0)
    this.#merge()
  }

  packetArrived(): void {
    if (!this.#scheduled) this.#drain()
  }

  close(): void {
    this.#stopReading()
    this.#groups = []
  }

  #drain(): void {
    const deadline = this.#turns.now() + BUDGET
    for (const group of this.#groups) {
      const behind = this.#layer.history.next - group.cursor
      if (behind === 0 || (group.catchingUp && this.#pacing)) continue
      group.catchingUp = behind > BURST
      if (
        !this.#advance(group, group.catchingUp ? group.cursor + BURST : this.#layer.history.next, deadline)
      ) {
        this.#schedule()
        return
      }
    }
    if (!this.#pacing && this.#groups.some(({ catchingUp }) => catchingUp)) this.#pace()
  }

  /** False when time was up before the group had everything up to `end`. */
  #advance(group: Group, end: number, deadline: number): boolean {
    const { history } = this.#layer
    if (group.cursor < history.oldest) {
      this.dropped += (history.oldest - group.cursor) * group.forwarders.length
      group.cursor = history.oldest
    }
    while (group.cursor < end) {
      const now = this.#turns.now()
      if (now > deadline) return false
      this.#send(group.forwarders, group.cursor, now)
      group.cursor++
    }
    return true
  }

  #send(forwarders: readonly Forwarder[], index: number, now: number): void {
    const length = this.#layer.history.read(index, scratch)
    const packet = (views[length] ??= scratch.subarray(0, length))
    const sequence = sequenceOf(packet)
    const timestamp = timestampOf(packet)
    for (let i = 0; i < forwarders.length; i++) forwarders[i]?.forward(packet, sequence, timestamp, now)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#turns.next(() => {
      this.#scheduled = false
      this.#drain()
    })
  }

  #pace(): void {
    this.#pacing = true
    this.#turns.soon(() => {
      this.#pacing = false
      this.#drain()
    })
  }

  /** Small groups that are at the same place become one. */
  #merge(): void {
    const small = this.#groups.filter(({ forwarders }) => forwarders.length < GROUP / 2)
    for (let i = 1; i < small.length; i++) {
      const [into, from] = [small[i - 1], small[i]]
      if (!into || !from || into.cursor !== from.cursor) continue
      from.forwarders.unshift(...into.forwarders)
      this.#groups = this.#groups.filter((group) => group !== into)
    }
  }
}
