import type { BroadcastAddress } from './broadcast-address.ts'
import { measureClockOffset, pageClock } from './clock-sync.ts'
import { LatencyMeter } from './latency-meter.ts'
import type { CaptureClock } from './session-events.ts'

/** Clocks drift by some milliseconds in this time. */
const SYNCHRONIZE_EVERY = 300_000

/** Glass to glass, for one viewing: asks the server for its time once there is something to compare. */
export class ViewingLatency {
  readonly #meter: LatencyMeter
  readonly #time: URL | undefined
  readonly #abort = new AbortController()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(video: HTMLVideoElement, address: BroadcastAddress | undefined) {
    this.#meter = new LatencyMeter(video)
    this.#time = address && new URL('api/time', address.server)
  }

  /** Null where it can not be measured. */
  get milliseconds(): number | null {
    return this.#meter.latency
  }

  captured(clock: CaptureClock): void {
    this.#meter.captured(clock)
    if (this.#timer !== undefined || !this.#time || this.#abort.signal.aborted) return
    this.#timer = setInterval(() => this.#synchronize(), SYNCHRONIZE_EVERY)
    this.#synchronize()
  }

  /** What was known belongs to a connection that is over. */
  reset(): void {
    this.#meter.reset()
  }

  stop(): void {
    this.#abort.abort()
    clearInterval(this.#timer)
    this.#meter.stop()
  }

  #synchronize(): void {
    if (!this.#time) return
    measureClockOffset(this.#time, { signal: this.#abort.signal, now: pageClock }).then(
      ({ offset }) => this.#meter.synchronized(offset),
      () => undefined, // no figure rather than a wrong one
    )
  }
}
