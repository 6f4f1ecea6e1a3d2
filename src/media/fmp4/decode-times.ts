import { parseSps } from '../h264/sps.ts'
import type { TrackParameters } from './track-parameters.ts'

/** How pictures may be reordered between decoding and showing. */
export type Reordering = {
  /** Pictures that may be decoded before a picture and shown after it. */
  readonly frames: number
  /** Frames per second, where the stream tells. */
  readonly frameRate?: number
}

/** H.264 §A.3.1: no decoder holds more pictures than this. */
const MAX_FRAMES = 16
/** Only the distance of the first decode times from each other depends on it. */
const USUAL_FRAME_RATE = 30

/** What a track's parameters say of reordering; only H264 shows its pictures in another order than it sends them. */
export function reorderingOf(parameters: TrackParameters): Reordering {
  const sps = parameters.codec === 'H264' ? parseSps(parameters.sps) : undefined
  const frames = sps?.maxReorderFrames ?? 0
  return { frames, ...(sps?.frameRate !== undefined && { frameRate: sps.frameRate }) }
}

/**
 * Gives decode times to units that come in decode order and know only when they are shown. Without reordering,
 * both are the same. Otherwise the decode times are the presentation times in order, behind by as many pictures as
 * the stream may reorder: no unit waits, and every composition offset is at least 0, as players that know nothing
 * of negative ones want it (ISO/IEC 14496-12 §8.6.1.3 allows them). A stream that reorders more than it announced
 * is followed: the depth grows, and decode times creep on by one tick until they are right again.
 *
 * For one timeline only: after a discontinuity, begin with another.
 */
export class DecodeTimes {
  #depth: number
  readonly #frameDuration: number
  /** The latest presentation times in order; as many as the depth between calls. */
  readonly #waiting: number[] = []
  #previous = -1
  /** Greatest presentation time that has become a decode time since the depth was set. */
  #reached = -Infinity
  /** Where the first picture would be shown; those that follow count from it until enough of them are known. */
  #first: number | undefined

  constructor({ reordering, timescale }: { reordering: Reordering; timescale: number }) {
    this.#depth = Math.min(reordering.frames, MAX_FRAMES)
    this.#frameDuration = Math.round(timescale / (reordering.frameRate ?? USUAL_FRAME_RATE))
  }

  /**
   * Decode time of the next unit, shown at `timestamp` (both in ticks of the timescale, and not below 0); greater
   * than every one before. The composition offset is what is missing to `timestamp`.
   */
  next(timestamp: number): number {
    if (timestamp < this.#reached && this.#depth < MAX_FRAMES) {
      this.#depth++
      this.#reached = -Infinity
    }
    this.#first ??= timestamp
    const decodeTime = this.#depth === 0 ? timestamp : this.#inOrder(timestamp, this.#first)
    this.#reached = Math.max(this.#reached, decodeTime)
    this.#previous = Math.max(Math.round(decodeTime), this.#previous + 1)
    return this.#previous
  }

  /** What becomes the decode time when `timestamp` is the newest: the least that waits, once enough do. */
  #inOrder(timestamp: number, first: number): number {
    const waiting = this.#waiting
    let at = waiting.length
    while (at > 0 && (waiting[at - 1] ?? 0) > timestamp) at--
    waiting.splice(at, 0, timestamp)
    const missing = this.#depth + 1 - waiting.length
    return missing > 0 ? first - missing * this.#frameDuration : (waiting.shift() ?? 0)
  }
}
