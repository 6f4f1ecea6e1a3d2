import { timestampDistance } from '../../media/rtp/sequence.ts'
import type { CaptureClock } from '../layer.ts'
import type { Clock } from '../ports.ts'

/** Pictures that were kept from before the beginning have their place as well. */
const LEAD = 60
/** A capture time further from the arrival than this comes from a clock that is wrong, not from a slow network. */
const PLAUSIBLE = 2
/** Clocks that are known at once: when one is set, some tracks go by the old one for a while. */
const MAX_CLOCKS = 4
/** Time stamps that jump further than this begin anew. */
const MAX_JUMP = 10
/** Seconds of correction per second of media: what a sound card's clock needs, and what pictures do not show. */
const SLEW = { audio: 0.0005, video: 0.05 }
/** Seconds of error that are not worth a correction. */
const TOLERANCE = { audio: 0.02, video: 0.002 }

/**
 * The one time line of a broadcast's tracks, in seconds, whose RTP time stamps have nothing to do with each other. It
 * runs by the monotonic clock: a system clock that is set moves nothing.
 */
export class Timeline {
  /** Milliseconds since the epoch at second 0. */
  readonly startedAt: number
  /** How far audio is behind its capture times, in seconds; pictures follow it rather than the clock. */
  audioError = 0
  #floor = 0
  readonly #clock: Clock
  readonly #startedMonotonic: number
  /** Seconds by which a publisher's clock is behind; the first is that of one that is right. */
  #clockErrors: readonly number[] = [0]

  constructor(clock: Clock) {
    this.#clock = clock
    this.startedAt = clock.now() - LEAD * 1000
    this.#startedMonotonic = clock.monotonic() - LEAD * 1000
  }

  /** Now. */
  get elapsed(): number {
    return (this.#clock.monotonic() - this.#startedMonotonic) / 1000
  }

  /** Where the media of the publisher before ends: nothing lies before it any more. */
  get floor(): number {
    return this.#floor
  }

  /** Another publisher's media follows what there is up to here. */
  turn(floor: number): void {
    this.#floor = Math.max(this.#floor, floor)
    this.audioError = 0
  }

  /** Milliseconds since the epoch, never stepping back. */
  epochOf(seconds: number): number {
    return this.startedAt + seconds * 1000
  }

  /**
   * Where something lies that was captured at this time by the server's clock, and lay `otherwise` going by anything
   * else. Publishers whose clocks are wrong, or were set, are understood: what counts is how their tracks lie to
   * each other.
   */
  captured(at: number, otherwise: number): number {
    const seconds = (at - this.startedAt) / 1000
    for (const error of this.#clockErrors) {
      const place = seconds + error
      if (Math.abs(place - otherwise) < PLAUSIBLE && place >= this.#floor) return place
    }
    const place = Math.max(otherwise, this.#floor)
    this.#clockErrors = [place - seconds, ...this.#clockErrors.slice(0, MAX_CLOCKS - 1)]
    return place
  }
}

/** Brings one layer's time stamps onto the time line: without jumps, and slowly to where its sender reports say. */
export class TrackClock {
  readonly #timeline: Timeline
  readonly #rate: number
  readonly #kind: 'audio' | 'video'
  #offset: number | undefined
  #latest = 0
  /** Least that a time stamp has to be moved by, going by arrivals alone. */
  #arrivalOffset = Infinity

  constructor(timeline: Timeline, { kind, clockRate }: { kind: 'audio' | 'video'; clockRate: number }) {
    this.#timeline = timeline
    this.#rate = clockRate
    this.#kind = kind
  }

  /** A unit came that is placed later. Of a burst, the newest tells most about when it was taken. */
  saw(timestamp: number): void {
    this.#arrivalOffset = Math.min(this.#arrivalOffset, this.#timeline.elapsed * this.#rate - timestamp)
  }

  /** Ticks of the track's clock since second 0 of the time line. */
  ticksOf(timestamp: number, captureClock: CaptureClock | undefined): number {
    const passed = timestamp - this.#latest
    if (this.#offset !== undefined && Math.abs(passed) > MAX_JUMP * this.#rate) {
      this.#offset = undefined
      this.#arrivalOffset = Infinity
    }
    const captured = this.#captured(timestamp, captureClock)
    if (this.#offset === undefined) {
      this.#offset = this.#begin(timestamp, captured)
      this.#latest = timestamp
    } else if (passed > 0) {
      if (captured !== undefined) this.#correct(captured, timestamp, passed)
      this.#latest = timestamp
    }
    return Math.round(timestamp + this.#offset)
  }

  #begin(timestamp: number, captured: number | undefined): number {
    this.saw(timestamp)
    if (captured === undefined)
      return Math.round(Math.max(this.#arrivalOffset, this.#timeline.floor * this.#rate - timestamp))
    const follows = this.#kind === 'video' ? this.#timeline.audioError : 0
    return Math.round((captured - follows) * this.#rate) - timestamp
  }

  #captured(timestamp: number, clock: CaptureClock | undefined): number | undefined {
    if (!clock) return undefined
    const ticks = timestampDistance(clock.rtpTimestamp, timestamp)
    const arrived = this.#timeline.elapsed * this.#rate - timestamp
    const otherwise = (timestamp + (this.#offset ?? Math.min(this.#arrivalOffset, arrived))) / this.#rate
    return this.#timeline.captured(clock.capturedAt + (ticks / this.#rate) * 1000, otherwise)
  }

  #correct(captured: number, timestamp: number, passed: number): void {
    const offset = this.#offset ?? 0
    let error = captured - (timestamp + offset) / this.#rate
    if (this.#kind === 'audio') this.#timeline.audioError = error
    else error -= this.#timeline.audioError
    if (Math.abs(error) < TOLERANCE[this.#kind]) return
    const most = passed * SLEW[this.#kind]
    this.#offset = offset + Math.max(-most, Math.min(most, error * this.#rate))
  }
}
