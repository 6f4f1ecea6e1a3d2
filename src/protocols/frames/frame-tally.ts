import type { FrameOutlet } from './frame-outlet.ts'
import type { FrameRoom } from './frame-room.ts'

/** Why a frame went nowhere: its viewer was slow or has a limit; its publisher sent too many, or what is no JPEG. */
export type FrameDrop = 'slow' | 'limit' | 'flood' | 'invalid'

/** Sums of what came and went. */
export type FrameCounts = {
  readonly received: number
  readonly receivedBytes: number
  readonly sent: number
  readonly sentBytes: number
  readonly dropped: Readonly<Record<FrameDrop, number>>
}

/** Adds up rooms and viewers. */
export class FrameTally implements FrameCounts {
  received = 0
  receivedBytes = 0
  sent = 0
  sentBytes = 0
  readonly dropped: Record<FrameDrop, number> = { slow: 0, limit: 0, flood: 0, invalid: 0 }

  add({ received, receivedBytes, sent, sentBytes, dropped }: FrameCounts): void {
    this.received += received
    this.receivedBytes += receivedBytes
    this.sent += sent
    this.sentBytes += sentBytes
    this.dropped.slow += dropped.slow
    this.dropped.limit += dropped.limit
    this.dropped.flood += dropped.flood
    this.dropped.invalid += dropped.invalid
  }

  /** What came into a room; its viewers are added one by one. */
  addRoom({ received, receivedBytes, flood, invalid }: FrameRoom): void {
    this.received += received
    this.receivedBytes += receivedBytes
    this.dropped.flood += flood
    this.dropped.invalid += invalid
  }

  addViewer({ sent, bytes, dropped, withheld }: FrameOutlet): void {
    this.sent += sent
    this.sentBytes += bytes
    this.dropped.slow += dropped
    this.dropped.limit += withheld
  }
}
