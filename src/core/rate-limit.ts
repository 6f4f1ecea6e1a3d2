import { addressBlock } from './address-block.ts'
import { BroadcastError } from './errors.ts'
import type { Clock } from './ports.ts'
import type { Visitor } from './visitor.ts'

type Window = { count: number; readonly endsAt: number }

const WINDOW = 60_000
/** Addresses and accounts remembered at once for each thing that is limited; beyond, the oldest is forgotten. */
const MAX_KEPT = 10_000
/** Accounts that one address may speak for at full speed: a school behind one router. */
const ACCOUNTS_PER_ADDRESS = 10

/** How often somebody may do what costs: so often a minute, by account, and by address for all accounts there. */
export class RateLimit {
  readonly #clock: Clock
  readonly #windows = new Map<string, Map<string, Window>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts this time. Throws `too-many-requests`. */
  take(what: string, perMinute: number, { address, identity }: Pick<Visitor, 'address' | 'identity'>): void {
    const block = `address ${addressBlock(address)}`
    if (identity) this.#count(what, `account ${identity.person.id}`, perMinute)
    this.#count(what, block, identity ? perMinute * ACCOUNTS_PER_ADDRESS : perMinute)
  }

  #count(what: string, who: string, limit: number): void {
    const now = this.#clock.monotonic()
    const windows = this.#windows.get(what) ?? new Map<string, Window>()
    this.#windows.set(what, windows)
    const window = windows.get(who)
    if (!window || window.endsAt <= now) {
      windows.delete(who)
      windows.set(who, { count: 1, endsAt: now + WINDOW })
      const [oldest] = windows.keys()
      if (windows.size > MAX_KEPT && oldest !== undefined) windows.delete(oldest)
      return
    }
    if (window.count >= limit)
      throw new BroadcastError('too-many-requests', 'you do this too often', {
        retryAfter: Math.ceil((window.endsAt - now) / 1000),
      })
    window.count++
  }
}
