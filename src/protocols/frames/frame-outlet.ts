import type { Clock } from '../../core/ports.ts'
import type { Frame } from './frame.ts'
import { type FrameLimit, FramePace } from './frame-pace.ts'

/** Sends a frame: true if the network took all of it at once; otherwise it calls `written` when that is so. */
export type WriteFrame = (frame: Frame, written: () => void) => boolean

/** Milliseconds in which one that takes nothing is waited for. */
const MAX_STALL = 10_000

/**
 * Sends frames to one viewer, one at a time. One that is slow skips to the newest, which everybody shares: of its own it
 * never holds more than the frame that is on its way.
 */
export class FrameOutlet {
  readonly #write: WriteFrame
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #pace = new FramePace()
  readonly #written = () => this.#taken()
  #waiting: Frame | undefined
  #busySince = -1
  #isClosed = false
  #told = 0
  sent = 0
  bytes = 0
  /** Frames that it was too slow for. */
  dropped = 0
  /** Frames that its limit kept from it. */
  withheld = 0

  constructor(write: WriteFrame, clock: Pick<Clock, 'monotonic'>) {
    this.#write = write
    this.#clock = clock
  }

  limit(limit: FrameLimit): void {
    this.#pace.limit(limit, this.#clock.monotonic())
  }

  /** Hot path: once per frame and viewer. */
  offer(frame: Frame, now: number): void {
    if (this.#isClosed) return
    if (this.#busySince >= 0) {
      if (this.#waiting) this.dropped++
      this.#waiting = frame
    } else if (this.#pace.allows(frame.jpeg.length, now)) this.#send(frame, now)
    else this.withheld++
  }

  /** Frames that it took since this was asked last. */
  takenSince(): number {
    const taken = this.sent - this.#told
    this.#told = this.sent
    return taken
  }

  /** It has taken nothing for so long that it will not. */
  isStalled(now: number): boolean {
    return this.#busySince >= 0 && now - this.#busySince >= MAX_STALL
  }

  /** Lets go of everything. */
  close(): void {
    this.#isClosed = true
    this.#waiting = undefined
  }

  #send(frame: Frame, now: number): void {
    this.sent++
    this.bytes += frame.jpeg.length
    this.#busySince = now // before it may be over
    if (this.#write(frame, this.#written)) this.#busySince = -1
  }

  #taken(): void {
    this.#busySince = -1
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) this.offer(waiting, this.#clock.monotonic())
  }
}
