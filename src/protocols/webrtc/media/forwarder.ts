import type { Layer } from '../../../core/layer.ts'
import type { MediaPipe } from '../../../core/webrtc-transport.ts'
import { rewriteHeader } from '../../../media/rtp/rewrite.ts'
import { sequenceDistance, timestampDistance } from '../../../media/rtp/sequence.ts'

/** A run of outgoing packets that came from one layer without a break in its numbering. */
type Segment = {
  layer: Layer
  /** Outgoing number minus incoming number. */
  sequenceOffset: number
  timestampOffset: number
  /** First outgoing sequence number. */
  first: number
  /** Packets older than this incoming timestamp are squeezed together before it; see `begin`. */
  liveFrom: number
}

/** How much shorter the time between old pictures becomes for a viewer that catches up. */
const SQUEEZE = 64
/** Segments that retransmissions may still ask for. */
const REMEMBERED = 3

/** Sends one track to one viewer: rewrites what the viewer must see as one unbroken stream. */
export class Forwarder {
  readonly payloadType: number
  readonly ssrc: number
  readonly clockRate: number
  readonly #pipe: MediaPipe
  readonly #segments: Segment[] = []
  #current: Segment | undefined
  #nextSequence: number
  #lastTimestamp: number
  #lastSentAt = -1
  packets = 0
  octets = 0
  dropped = 0

  constructor({
    pipe,
    payloadType,
    ssrc,
    clockRate,
    random,
  }: {
    pipe: MediaPipe
    payloadType: number
    ssrc: number
    clockRate: number
    random: () => number
  }) {
    this.#pipe = pipe
    this.payloadType = payloadType
    this.ssrc = ssrc
    this.clockRate = clockRate
    this.#nextSequence = Math.floor(random() * 0x8000)
    this.#lastTimestamp = Math.floor(random() * 0x40000000)
  }

  get layer(): Layer | undefined {
    return this.#current?.layer
  }

  /** Outgoing timestamp minus incoming one, for what is sent now. */
  get timestampOffset(): number {
    return this.#current?.timestampOffset ?? 0
  }

  /**
   * From the packet with this number and timestamp on, the stream comes from `layer`. Numbers go on without a gap or a
   * step back (SRTP would refuse one), time by as much as passed since the last packet. What is older than `liveFrom`
   * is squeezed together just before it, so that a viewer who begins with old pictures shows the newest at once.
   */
  begin(layer: Layer, sequence: number, timestamp: number, liveFrom: number, now: number): void {
    const passed = this.#lastSentAt < 0 ? 0 : now - this.#lastSentAt
    const step = Math.max(1, Math.round((passed * this.clockRate) / 1000))
    const squeezed = Math.floor(Math.max(0, timestampDistance(timestamp, liveFrom)) / SQUEEZE)
    const liveOut = this.#lastTimestamp + step + squeezed
    this.#current = {
      layer,
      sequenceOffset: (this.#nextSequence - sequence) & 0xffff,
      timestampOffset: (liveOut - liveFrom) >>> 0,
      first: this.#nextSequence,
      liveFrom,
    }
    this.#segments.unshift(this.#current)
    if (this.#segments.length > REMEMBERED) this.#segments.pop()
  }

  /** Hot path. The packet's header is rewritten in place; `sequence` and `timestamp` are the incoming ones. */
  forward(packet: Buffer, sequence: number, timestamp: number, now: number): void {
    const segment = this.#current
    if (segment === undefined) return
    const out = (sequence + segment.sequenceOffset) & 0xffff
    if (sequenceDistance(segment.first, out) < 0) return // from before the key frame that the segment began with
    const outTimestamp = timestampIn(segment, timestamp)
    rewriteHeader(packet, this.payloadType, out, outTimestamp, this.ssrc)
    if (!this.#pipe.send(packet)) {
      this.dropped++
      return
    }
    this.packets++
    this.octets += packet.length
    this.#lastSentAt = now
    if (sequenceDistance(this.#nextSequence, out) >= 0) {
      this.#nextSequence = (out + 1) & 0xffff
      this.#lastTimestamp = outTimestamp
    }
  }

  /** Answers a retransmission request for an outgoing number. False when the packet is no longer held. */
  resend(out: number, scratch: Buffer): boolean {
    for (const segment of this.#segments) {
      if (sequenceDistance(segment.first, out) < 0) continue
      const { history } = segment.layer
      const index = history.find((out - segment.sequenceOffset) & 0xffff)
      if (index < 0) return false
      const timestamp = history.timestampOf(index)
      const length = history.read(index, scratch)
      const packet = scratch.subarray(0, length)
      rewriteHeader(packet, this.payloadType, out, timestampIn(segment, timestamp), this.ssrc)
      return this.#pipe.send(packet)
    }
    return false
  }
}

function timestampIn({ timestampOffset, liveFrom }: Segment, timestamp: number): number {
  const old = timestampDistance(timestamp, liveFrom)
  if (old <= 0) return (timestamp + timestampOffset) >>> 0
  return (liveFrom - Math.floor(old / SQUEEZE) + timestampOffset) >>> 0
}
