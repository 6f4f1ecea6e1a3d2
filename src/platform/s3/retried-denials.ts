import type { Clock } from '../../core/ports.ts'

/** What takes the right to write away from whoever holds credentials still. */
export type Denying = { deny(path: string, until: number): Promise<void> }

export type RetriedDenialsOptions = {
  storage: Denying
  clock: Pick<Clock, 'now' | 'after'>
  /** A try after the first was taken. */
  onLate?: (path: string) => void
}

/** Milliseconds between tries; each is twice as long as the one before. */
const PAUSE = { first: 2000, most: 120_000 }
/** Of paths that wait; the storage of a server with more has other worries. */
const MAX_WAITING = 1000

/** Denies until the storage has taken it, for as long as that is of use. What waits is lost with the process. */
export class RetriedDenials implements Denying, Disposable {
  readonly #options: RetriedDenialsOptions
  readonly #waiting = new Map<string, () => void>()
  #isOver = false

  constructor(options: RetriedDenialsOptions) {
    this.#options = options
  }

  /** Rejects as the first try does; the others go on unheard. */
  async deny(path: string, until: number): Promise<void> {
    this.#forget(path)
    try {
      await this.#options.storage.deny(path, until)
    } catch (error) {
      this.#later(path, until, PAUSE.first)
      throw error
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    for (const path of this.#waiting.keys()) this.#forget(path)
  }

  #later(path: string, until: number, pause: number): void {
    const { clock } = this.#options
    this.#forget(path)
    if (this.#isOver || clock.now() + pause >= until || this.#waiting.size >= MAX_WAITING) return
    this.#waiting.set(
      path,
      clock.after(pause, () => void this.#again(path, until, pause)),
    )
  }

  async #again(path: string, until: number, pause: number): Promise<void> {
    this.#waiting.delete(path)
    try {
      await this.#options.storage.deny(path, until)
    } catch {
      this.#later(path, until, Math.min(PAUSE.most, pause * 2))
      return
    }
    this.#options.onLate?.(path)
  }

  #forget(path: string): void {
    this.#waiting.get(path)?.()
    this.#waiting.delete(path)
  }
}
