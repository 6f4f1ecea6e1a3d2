import type { ViewingTimes } from './viewing-store.ts'

/** The greatest number of viewers at once within one step of time. */
export type AudiencePoint = { readonly at: number; readonly viewers: number }

export type AudienceOverTime = {
  readonly from: number
  readonly to: number
  /** Milliseconds of one point. */
  readonly step: number
  readonly points: readonly AudiencePoint[]
  /** The first moment of the largest audience; null where nobody watched. */
  readonly peak: AudiencePoint | null
}

type Range = { readonly from: number; readonly to: number; readonly step: number }

/** Counts comings and goings, one viewing after the other, and tells how many were there at once. */
export class AudienceCount {
  readonly #range: Range
  readonly #begins: number[] = []
  readonly #ends: number[] = []

  constructor(range: Range) {
    this.#range = range
  }

  /** The moment of its end does not count any more. */
  add({ startedAt }: Pick<ViewingTimes, 'startedAt'>, endedAt: number): void {
    if (endedAt <= startedAt || endedAt <= this.#range.from || startedAt >= this.#range.to) return
    this.#begins.push(startedAt)
    this.#ends.push(endedAt)
  }

  result(): AudienceOverTime {
    const { from, to, step } = this.#range
    const begins = Float64Array.from(this.#begins).sort()
    const ends = Float64Array.from(this.#ends).sort()
    const points: AudiencePoint[] = []
    let peak: AudiencePoint | null = null
    let [here, begun, gone] = [0, 0, 0]
    for (let at = from; at < to; at += step) {
      const next = Math.min(at + step, to)
      // Whoever is there when the step begins, and then each who comes.
      while ((ends[gone] ?? Infinity) <= at || (begins[begun] ?? Infinity) <= at) {
        if ((ends[gone] ?? Infinity) <= (begins[begun] ?? Infinity)) {
          gone++
          here--
        } else {
          begun++
          here++
        }
      }
      let most = here
      if (most > (peak?.viewers ?? 0)) peak = { at, viewers: most }
      for (let begin = begins[begun]; begin !== undefined && begin < next; begin = begins[begun]) {
        for (; (ends[gone] ?? Infinity) <= begin; gone++) here--
        begun++
        here++
        most = Math.max(most, here)
        if (here > (peak?.viewers ?? 0)) peak = { at: begin, viewers: here }
      }
      points.push({ at, viewers: most })
    }
    return { from, to, step, points, peak }
  }
}
