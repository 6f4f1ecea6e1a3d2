/** Milliseconds by which renditions of one recording may disagree about when something happened. */
const TOLERANCE = 2000
/** Milliseconds without any media after which a new rendition does not belong to what was before. */
const SILENCE = 1000

/**
 * Numbers the stretches of unbroken time stamps of one recording, so that every rendition calls the same stretch by
 * the same number, whichever of them begins it and whichever are missing from it.
 */
export class Periods {
  readonly #starts: number[] = []
  #lastMediaAt = -Infinity

  /** Media up to `at`, in milliseconds since the epoch, has come. */
  mediaUntil(at: number): void {
    this.#lastMediaAt = Math.max(this.#lastMediaAt, at)
  }

  /** The period of a segment; `previous` is that of the segment before it in the same rendition. */
  of(startedAt: number, discontinuity: boolean, previous: number | undefined): number {
    const newest = this.#starts.length - 1
    if (newest < 0) return this.#begin(startedAt)
    if (discontinuity || (previous === undefined && startedAt > this.#lastMediaAt + SILENCE)) {
      const joined = this.#starts.findIndex(
        (start, period) => period > (previous ?? -1) && Math.abs(start - startedAt) <= TOLERANCE,
      )
      return joined < 0 ? this.#begin(startedAt) : joined
    }
    const current = this.#starts.findLastIndex((start) => start <= startedAt + TOLERANCE / 2)
    return Math.max(current, previous ?? 0)
  }

  #begin(startedAt: number): number {
    this.#starts.push(startedAt)
    return this.#starts.length - 1
  }
}
