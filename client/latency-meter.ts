import type { CaptureClock } from './session-events.ts'

const TICKS_PER_MILLISECOND = 90
/** How much a new picture counts. */
const WEIGHT = 0.1

/** Milliseconds from the camera to the screen, from the timestamps of displayed pictures. */
export class LatencyMeter {
  readonly #video: HTMLVideoElement
  #clock: CaptureClock | undefined
  #offset: number | undefined
  #latency: number | null = null
  #request: number | undefined
  #stopped = false

  constructor(video: HTMLVideoElement) {
    this.#video = video
  }

  /** Null until both clocks are known and a picture was displayed, and where browsers do not tell its timestamp. */
  get latency(): number | null {
    return this.#latency
  }

  /** Server clock minus `pageClock()`. */
  synchronized(offset: number): void {
    this.#offset = offset
    this.#watch()
  }

  captured(clock: CaptureClock): void {
    this.#clock = clock
    this.#watch()
  }

  /** What was known belongs to a connection that is over. */
  reset(): void {
    this.#clock = undefined
    this.#latency = null
  }

  stop(): void {
    this.#stopped = true
    this.#latency = null
    if (this.#request !== undefined) this.#video.cancelVideoFrameCallback(this.#request)
  }

  #watch(): void {
    if (this.#stopped || this.#request !== undefined || !this.#clock || this.#offset === undefined) return
    if (!('requestVideoFrameCallback' in this.#video)) return
    this.#request = this.#video.requestVideoFrameCallback((_now, { rtpTimestamp, expectedDisplayTime }) => {
      this.#request = undefined
      if (rtpTimestamp !== undefined && this.#clock && this.#offset !== undefined) {
        const displayedAt = performance.timeOrigin + expectedDisplayTime + this.#offset
        const latency = Math.max(0, latencyOf(rtpTimestamp, displayedAt, this.#clock)) // clocks are not exact
        this.#latency = this.#latency === null ? latency : this.#latency + WEIGHT * (latency - this.#latency)
      }
      this.#watch()
    })
  }
}

/** `displayedAt` by the server's clock. RTP timestamps have 32 bits and wrap around. */
export function latencyOf(rtpTimestamp: number, displayedAt: number, clock: CaptureClock): number {
  const ticks = (rtpTimestamp - clock.rtpTimestamp) | 0
  return displayedAt - (clock.capturedAt + ticks / TICKS_PER_MILLISECOND)
}
