import type { Layer } from '../../../core/layer.ts'
import type { MediaPipe } from '../../../core/webrtc-transport.ts'
import { rewriteHeader } from '../../../media/rtp/rewrite.ts'
import { timestampDistance, unwrapSequence, unwrapTimestamp } from '../../../media/rtp/sequence.ts'

/** A run of outgoing packets that came from one layer without a break in its numbering. */
type Segment = {
  readonly layer: Layer
  /** Outgoing number minus incoming number, modulo 2¹⁶. */
  readonly sequenceOffset: number
  readonly timestampOffset: number
  /** Outgoing sequence number of its first packet, unwrapped: a segment lasts longer than numbers do. */
  readonly first: number
  /** Unwrapped. Packets with an older incoming timestamp are squeezed together before it; see `begin`. */
  readonly liveFrom: number
  /** Newest incoming timestamp so far, unwrapped. */
  newest: number
}

/** Where a segment begins, by the numbers of its layer. */
export type SegmentStart = {
  readonly sequence: number
  readonly timestamp: number
  readonly liveFrom: number
  /** RTP payload that must come before the first packet, where that is not complete by itself. */
  readonly preamble?: Buffer | undefined
}

/** How much shorter the time between old pictures becomes for a viewer that catches up. */
const SQUEEZE = 64
/** Segments that retransmissions may still ask for. */
const REMEMBERED = 3
const RTP_VERSION = 0x80
const RTP_HEADER_BYTES = 12

/** Sends one track to one viewer: rewrites what the viewer must see as one unbroken stream. */
export class Forwarder {
  readonly payloadType: number
  readonly ssrc: number
  readonly clockRate: number
  readonly #pipe: MediaPipe
  readonly #segments: Segment[] = []
  #current: Segment | undefined
  /** Unwrapped. */
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
  begin(layer: Layer, { sequence, timestamp, liveFrom, preamble }: SegmentStart, now: number): void {
    const passed = this.#lastSentAt < 0 ? 0 : now - this.#lastSentAt
    const step = Math.max(1, Math.round((passed * this.clockRate) / 1000))
    const old = Math.max(0, timestampDistance(timestamp, liveFrom))
    const liveOut = this.#lastTimestamp + step + Math.floor(old / SQUEEZE)
    const first = this.#nextSequence + (preamble ? 1 : 0)
    const segment: Segment = {
      layer,
      sequenceOffset: (first - sequence) & 0xffff,
      timestampOffset: (liveOut - liveFrom) >>> 0,
      first,
      liveFrom: timestamp + old,
      newest: timestamp,
    }
    this.#current = segment
    this.#segments.unshift(segment)
    if (this.#segments.length > REMEMBERED) this.#segments.pop()
    if (preamble) this.#sendPreamble(preamble, timestampIn(segment, timestamp))
  }

  /** Hot path. The packet's header is rewritten in place; `sequence` and `timestamp` are the incoming ones. */
  forward(packet: Buffer, sequence: number, timestamp: number, now: number): void {
    const segment = this.#current
    if (segment === undefined) return
    const out = unwrapSequence(this.#nextSequence, sequence + segment.sequenceOffset)
    if (out < segment.first) return // from before the key frame that the segment began with
    const unwrapped = unwrapTimestamp(segment.newest, timestamp)
    if (unwrapped > segment.newest) segment.newest = unwrapped
    const outTimestamp = timestampIn(segment, unwrapped)
    rewriteHeader(packet, this.payloadType, out, outTimestamp, this.ssrc)
    if (!this.#pipe.send(packet)) {
      this.dropped++
      return
    }
    this.packets++
    this.octets += packet.length
    this.#lastSentAt = now
    if (out >= this.#nextSequence) {
      this.#nextSequence = out + 1
      this.#lastTimestamp = outTimestamp
    }
  }

  /** Answers a retransmission request for an outgoing number. False when the packet is no longer held. */
  resend(number: number, scratch: Buffer): boolean {
    const out = unwrapSequence(this.#nextSequence, number)
    for (const segment of this.#segments) {
      if (out < segment.first) continue
      const { history } = segment.layer
      const index = history.find((out - segment.sequenceOffset) & 0xffff)
      if (index < 0) return false
      const timestamp = unwrapTimestamp(segment.newest, history.timestampOf(index))
      const length = history.read(index, scratch)
      const packet = scratch.subarray(0, length)
      rewriteHeader(packet, this.payloadType, out, timestampIn(segment, timestamp), this.ssrc)
      return this.#pipe.send(packet)
    }
    return false
  }

  /** Sent once and not again: a viewer that loses it asks for a key frame. */
  #sendPreamble(payload: Buffer, timestamp: number): void {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length)
    packet[0] = RTP_VERSION
    packet[1] = 0
    rewriteHeader(packet, this.payloadType, this.#nextSequence, timestamp, this.ssrc)
    payload.copy(packet, RTP_HEADER_BYTES)
    this.#nextSequence++
    if (this.#pipe.send(packet)) this.packets++
    else this.dropped++
  }
}

/** `timestamp` is unwrapped like the segment's own. */
function timestampIn({ timestampOffset, liveFrom }: Segment, timestamp: number): number {
  const old = liveFrom - timestamp
  if (old <= 0) return (timestamp + timestampOffset) >>> 0
  return (liveFrom - Math.floor(old / SQUEEZE) + timestampOffset) >>> 0
}
