import { addressBlock } from './address-block.ts'
import { BroadcastError, type ErrorCode } from './errors.ts'
import type { Clock } from './ports.ts'

type Window = { wrong: number; readonly endsAt: number }

/** Addresses remembered at once; more than that, and the oldest window is forgotten. */
const MAX_ADDRESSES = 10_000
const WINDOW = 60_000
/** What somebody hears who tries ids or keys. */
const WRONG_GUESSES: readonly ErrorCode[] = ['broadcast-not-found', 'unauthenticated', 'not-allowed']

export type GuessLimitOptions = {
  clock: Clock
  /** Wrong guesses a minute and address; Infinity where there is nothing to guess. */
  limit?: number
}

/** Stops those who try ids and keys: after too many wrong ones an address is not answered for a while. */
export class GuessLimit {
  readonly #clock: Clock
  readonly #limit: number
  readonly #windows = new Map<string, Window>()

  constructor({ clock, limit = 20 }: GuessLimitOptions) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Runs `attempt`; its refusal counts if it was a wrong guess. Rejects with `too-many-requests`. */
  async guard<Result>(address: string, attempt: () => Promise<Result>): Promise<Result> {
    this.#assertAllowed(addressBlock(address))
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof BroadcastError && WRONG_GUESSES.includes(error.code))
        this.#count(addressBlock(address))
      throw error
    }
  }

  #assertAllowed(block: string): void {
    const window = this.#windows.get(block)
    const left = window ? window.endsAt - this.#clock.monotonic() : 0
    if (window && left > 0 && window.wrong >= this.#limit)
      throw new BroadcastError('too-many-requests', 'too many wrong ids or keys from this address', {
        retryAfter: Math.ceil(left / 1000),
      })
  }

  #count(block: string): void {
    const now = this.#clock.monotonic()
    const window = this.#windows.get(block)
    if (window && window.endsAt > now) {
      window.wrong++
      return
    }
    this.#windows.delete(block)
    this.#windows.set(block, { wrong: 1, endsAt: now + WINDOW })
    if (this.#windows.size <= MAX_ADDRESSES) return
    const [oldest] = this.#windows.keys()
    if (oldest !== undefined) this.#windows.delete(oldest)
  }
}
