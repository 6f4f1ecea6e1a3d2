import type { Clock } from '../ports.ts'

type Left = { tokens: number; at: number }

/** Those that are remembered; beyond, the one that was not used for longest is forgotten. */
const MAX_KEYS = 20_000

/** How much each of many may do: `burst` at once, then `perSecond`. */
export class Allowance {
  readonly #clock: Clock
  readonly #burst: number
  readonly #perSecond: number
  readonly #left = new Map<string, Left>()

  constructor(clock: Clock, { burst, perSecond }: { burst: number; perSecond: number }) {
    this.#clock = clock
    this.#burst = burst
    this.#perSecond = perSecond
  }

  /** Seconds until `key` may go on; 0 when it may now. Takes nothing. */
  wait(key: string): number {
    return Math.max(0, (1 - this.#now(key)) / this.#perSecond)
  }

  take(key: string): void {
    const tokens = this.#now(key) - 1
    this.#left.delete(key)
    this.#left.set(key, { tokens, at: this.#clock.monotonic() })
    const [oldest] = this.#left.keys()
    if (this.#left.size > MAX_KEYS && oldest !== undefined) this.#left.delete(oldest)
  }

  #now(key: string): number {
    const left = this.#left.get(key)
    if (!left) return this.#burst
    const seconds = (this.#clock.monotonic() - left.at) / 1000
    return Math.min(this.#burst, left.tokens + seconds * this.#perSecond)
  }
}
