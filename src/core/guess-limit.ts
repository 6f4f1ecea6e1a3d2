import { addressBlock } from './address-block.ts'
import { BroadcastError } from './errors.ts'
import type { Clock } from './ports.ts'
import type { Visitor } from './visitor.ts'

type Window = { wrong: number; readonly endsAt: number }

/** Addresses and accounts remembered at once; more than that, and the oldest window is forgotten. */
const MAX_ADDRESSES = 10_000
const WINDOW = 60_000
export type GuessLimitOptions = {
  clock: Clock
  /** Wrong guesses a minute and address; Infinity where there is nothing to guess. */
  limit?: number
}

/** Stops those who try ids and keys: after too many wrong ones an address or account is not answered for a while. */
export class GuessLimit {
  readonly #clock: Clock
  readonly #limit: number
  readonly #windows = new Map<string, Window>()

  constructor({ clock, limit = 20 }: GuessLimitOptions) {
    this.#clock = clock
    this.#limit = limit
  }

  /**
   * Runs `attempt`; its refusal counts if it was a wrong guess, which bringing nothing is not.
   * Rejects with `too-many-requests`.
   */
  async guard<Result>(
    { address, token, identity }: Visitor,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const guessers = [addressBlock(address), ...(identity ? [`account ${identity.person.id}`] : [])]
    for (const guesser of guessers) this.#assertAllowed(guesser)
    try {
      return await attempt()
    } catch (error) {
      const code = error instanceof BroadcastError ? error.code : undefined
      const wrongId = code === 'broadcast-not-found' || code === 'recording-not-found'
      const wrongToken = token !== undefined && (code === 'unauthenticated' || code === 'not-allowed')
      if (wrongId || wrongToken) for (const guesser of guessers) this.#count(guesser)
      throw error
    }
  }

  #assertAllowed(guesser: string): void {
    const window = this.#windows.get(guesser)
    const left = window ? window.endsAt - this.#clock.monotonic() : 0
    if (window && left > 0 && window.wrong >= this.#limit)
      throw new BroadcastError('too-many-requests', 'too many wrong ids or keys from this address', {
        retryAfter: Math.ceil(left / 1000),
      })
  }

  #count(guesser: string): void {
    const now = this.#clock.monotonic()
    const window = this.#windows.get(guesser)
    if (window && window.endsAt > now) {
      window.wrong++
      return
    }
    this.#windows.delete(guesser)
    this.#windows.set(guesser, { wrong: 1, endsAt: now + WINDOW })
    if (this.#windows.size <= MAX_ADDRESSES) return
    const [oldest] = this.#windows.keys()
    if (oldest !== undefined) this.#windows.delete(oldest)
  }
}
