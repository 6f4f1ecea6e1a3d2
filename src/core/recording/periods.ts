/** Milliseconds by which renditions of one recording may disagree about when it went on. */
const TOLERANCE = 2000

/** What decides about the period of a segment. */
export type PeriodOf = {
  /** How often the publisher was gone before it. */
  readonly discontinuities: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Something before it was not recorded. */
  readonly resuming: boolean
  /** Period of the segment before it in the same rendition. */
  readonly previous: number | undefined
}

/**
 * Numbers the stretches of unbroken time stamps of one recording: each time the publisher is back, and each time the
 * recording goes on after it was paused. Every rendition calls the same stretch by the same number, whichever of them
 * begins it and whichever are missing from it.
 */
export class Periods {
  readonly #periods: { readonly discontinuities: number; readonly start: number }[] = []

  of({ discontinuities, startedAt, resuming, previous = -1 }: PeriodOf): number {
    const isLater = ({ start }: { start: number }) => start <= startedAt + TOLERANCE
    const found = this.#periods.findLastIndex(
      (period, number) =>
        period.discontinuities === discontinuities &&
        isLater(period) &&
        (resuming ? number > previous && startedAt - period.start <= TOLERANCE : number >= previous),
    )
    if (found >= 0) return found
    this.#periods.push({ discontinuities, start: startedAt })
    return this.#periods.length - 1
  }
}
