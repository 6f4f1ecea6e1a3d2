/** Where one segment of every rendition ends and the next begins. */
export type Boundary = {
  readonly number: number
  /** Seconds on the time line. */
  readonly time: number
  /** A decoder can begin here, in the layer that announced it. */
  readonly independent: boolean
  readonly discontinuity: boolean
}

/** Hears of every boundary, also of those that it announced itself. */
export type BoundaryListener = (boundary: Boundary, previous: Boundary | undefined) => void

/** Seconds by which a key frame may come early. */
const EARLY = 0.3
/** A segment that had to begin without a key frame gives way to one with, but not at once. */
const SHORTEST = 0.5
/** Sound alone goes on cutting only after pictures had their chance. */
const PATIENCE = 0.5

/** Keeps the segments of all renditions of a broadcast in step: same numbers, same places. */
export class Boundaries {
  readonly #segmentDuration: number
  readonly #longest: number
  readonly #listeners = new Set<BoundaryListener>()
  #latest: Boundary | undefined
  #next = 0
  #discontinuity = false

  /** Seconds: what segments should have, and what none may exceed. */
  constructor({ segmentDuration, longest }: { segmentDuration: number; longest: number }) {
    this.#segmentDuration = segmentDuration
    this.#longest = longest
  }

  /** Undefined before the first key frame of a publisher. */
  get latest(): Boundary | undefined {
    return this.#latest
  }

  listen(listener: BoundaryListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether a segment should begin with this sample. */
  isDue(time: number, { key, leads }: { key: boolean; leads: boolean }): boolean {
    const latest = this.#latest
    if (!latest) return key && leads
    const passed = time - latest.time
    if (!leads) return passed >= this.#longest + PATIENCE
    if (passed >= this.#longest) return true
    if (!key) return false
    return passed >= this.#segmentDuration - EARLY || (!latest.independent && passed >= SHORTEST)
  }

  /** Whether it is time to ask for a key frame. */
  wantsKeyFrame(time: number): boolean {
    return this.#latest !== undefined && time - this.#latest.time >= this.#segmentDuration - EARLY / 2
  }

  announce(time: number, independent: boolean): void {
    const previous = this.#latest
    const boundary = { number: this.#next++, time, independent, discontinuity: this.#discontinuity }
    this.#latest = boundary
    this.#discontinuity = false
    for (const listener of this.#listeners) listener(boundary, previous)
  }

  /** The publisher is gone. What comes next begins anew. */
  discontinue(): void {
    this.#latest = undefined
    this.#discontinuity = this.#next > 0
  }
}
