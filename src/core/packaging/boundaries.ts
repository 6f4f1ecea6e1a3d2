/** Where one segment of every rendition ends and the next begins. */
export type Boundary = {
  readonly number: number
  /** Seconds on the time line. */
  readonly time: number
  /** A decoder can begin here, in the layer that announced it. */
  readonly independent: boolean
  /** The publisher was gone before it. */
  readonly discontinuity: boolean
  /** How often it was gone so far. */
  readonly discontinuities: number
}

/** What a sample says of itself where it could begin a segment. */
export type Candidate = {
  readonly key: boolean
  /** Of a layer by whose key frames is cut: a picture, or sound where there are no pictures. */
  readonly leads: boolean
  /** Seconds that it will last, as far as is known. */
  readonly duration: number
  /** Seconds by which it may begin a segment too early, for want of a better place. */
  readonly early: number
}

export type BoundariesOptions = {
  /** Seconds: what segments should have, and the target that none may exceed once it is rounded (RFC 8216bis §4.4.3.1). */
  segmentDuration: number
  targetDuration: number
  /** The segment that began there is over. */
  onOver: (boundary: Boundary, end: number) => void
}

/** Seconds over the target that a segment may have. */
const SPARE = 0.1
/** A segment that had to begin without a key frame gives way to one with, but not at once. */
const SHORTEST = 0.5
/** Sound goes on alone only after pictures had their chance: at the beginning, and within a segment. */
const FIRST_PATIENCE = 5
const PATIENCE = 0.3
/** Key frames are asked for a little before they are due. */
const ASK_EARLY = 0.15

/** Keeps the segments of all renditions of a broadcast in step: same numbers, same places. */
export class Boundaries {
  readonly #options: BoundariesOptions
  #latest: Boundary | undefined
  #next = 0
  #discontinuities = 0
  #begunAt: number | undefined
  #reached = 0

  constructor(options: BoundariesOptions) {
    this.#options = options
  }

  /** Undefined before the first key frame of a publisher. */
  get latest(): Boundary | undefined {
    return this.#latest
  }

  /** Seconds, up to which there is media. */
  get reached(): number {
    return this.#reached
  }

  /** Whether a segment should begin with this sample. */
  isDue(time: number, { key, leads, duration, early }: Candidate): boolean {
    this.#reached = Math.max(this.#reached, time + duration)
    this.#begunAt ??= time
    const latest = this.#latest
    if (!latest) return key && (leads || time - this.#begunAt >= FIRST_PATIENCE)
    const { segmentDuration, targetDuration } = this.#options
    const passed = time - latest.time
    if (!leads) return passed >= targetDuration + PATIENCE
    if (passed + duration > targetDuration + SPARE) return passed > 0
    if (!key) return false
    return passed >= segmentDuration - early || (!latest.independent && passed >= SHORTEST)
  }

  /** Whether it is time to ask for a key frame. */
  wantsKeyFrame(time: number): boolean {
    return this.#latest !== undefined && time - this.#latest.time >= this.#options.segmentDuration - ASK_EARLY
  }

  announce(time: number, independent: boolean): void {
    const before = this.#latest
    const discontinuity = !before && this.#next > 0
    if (discontinuity) this.#discontinuities++
    this.#latest = {
      number: this.#next++,
      ...{ time, independent, discontinuity },
      discontinuities: this.#discontinuities,
    }
    if (before) this.#options.onOver(before, time)
  }

  /** The publisher is gone. What comes next begins anew. */
  discontinue(): void {
    const last = this.#latest
    this.#latest = undefined
    this.#begunAt = undefined
    if (last) this.#options.onOver(last, Math.max(this.#reached, last.time))
  }
}
