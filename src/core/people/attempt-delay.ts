import { BroadcastError } from '../errors.ts'
import type { Clock } from '../ports.ts'

type Failures = { count: number; waitUntil: number; readonly forgetAt: number }

const FIRST_DELAY = 2_000
const LONGEST_DELAY = 15 * 60_000
/** Without another attempt for so long, everything is forgotten. */
const FORGET_AFTER = 60 * 60_000
const MAX_REMEMBERED = 20_000

/** Slows down whoever tries secrets: after some failures each further one doubles the wait. */
export class AttemptDelay {
  readonly #clock: Clock
  readonly #free: number
  readonly #failures = new Map<string, Failures>()

  /** `free` is how many failures cost nothing. */
  constructor({ clock, free }: { clock: Clock; free: number }) {
    this.#clock = clock
    this.#free = free
  }

  /** How many are remembered; never more than 20 000. */
  get size(): number {
    return this.#failures.size
  }

  /** Counts as failed until it is forgiven, so that many at once are many. Throws `too-many-requests` while `who` must wait. */
  begin(who: string): void {
    const now = this.#clock.monotonic()
    const before = this.#failures.get(who)
    const wait = (before?.waitUntil ?? 0) - now
    if (wait > 0)
      throw new BroadcastError('too-many-requests', 'too many attempts: wait a little', {
        retryAfter: Math.ceil(wait / 1000),
      })
    const count = before && before.forgetAt > now ? before.count + 1 : 1
    this.#failures.delete(who) // to the end of the queue of those that may be forgotten
    this.#failures.set(who, { count, waitUntil: now + this.#delayAfter(count), forgetAt: now + FORGET_AFTER })
    if (this.#failures.size <= MAX_REMEMBERED) return
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
  }

  /** It was right: everything before is forgotten. */
  forgive(who: string): void {
    this.#failures.delete(who)
  }

  /** It was no guess: as if this one had not been tried. */
  takeBack(who: string): void {
    const failures = this.#failures.get(who)
    if (!failures) return
    failures.count--
    failures.waitUntil = 0
  }

  #delayAfter(failures: number): number {
    return failures < this.#free ? 0 : Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - this.#free))
  }
}
