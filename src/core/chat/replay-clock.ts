import type { RenditionJournal } from '../recording/journal.ts'

type Piece = {
  /** Seconds of media before it. */
  readonly position: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly duration: number
}

/** So that what happened in a gap belongs to the second before it, and no stretch has it twice. */
const MOMENT = 0.001

/** When each second of a recording was on air. The time when its publisher was away is not part of it. */
export class ReplayClock {
  readonly #pieces: readonly Piece[]

  constructor(renditions: readonly Pick<RenditionJournal, 'kind' | 'segments'>[]) {
    const main = renditions.find(({ kind }) => kind === 'video') ?? renditions[0]
    let position = 0
    this.#pieces = (main?.segments ?? []).flatMap(({ startedAt, duration, missing }) => {
      if (missing) return []
      const piece = { position, startedAt, duration }
      position += duration
      return [piece]
    })
  }

  /** Milliseconds since the epoch; undefined where there is no media yet. */
  timeAt(seconds: number): number | undefined {
    const piece = this.#last((one) => one.position <= seconds) ?? this.#pieces[0]
    return piece && piece.startedAt + Math.max(0, seconds - piece.position) * 1000
  }

  secondsAt(time: number): number {
    const piece = this.#last((one) => one.startedAt <= time)
    if (!piece) return 0
    const within = (time - piece.startedAt) / 1000
    const isLast = piece === this.#pieces.at(-1)
    return piece.position + (isLast ? within : Math.min(within, piece.duration - MOMENT))
  }

  /** Of those that begin with ones for which it is true. */
  #last(isBefore: (piece: Piece) => boolean): Piece | undefined {
    let low = 0
    let high = this.#pieces.length
    while (low < high) {
      const middle = (low + high) >> 1
      const piece = this.#pieces[middle]
      if (piece && isBefore(piece)) low = middle + 1
      else high = middle
    }
    return this.#pieces[low - 1]
  }
}
