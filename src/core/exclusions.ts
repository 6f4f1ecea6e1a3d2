import { addressBlock } from './address-block.ts'
import { BroadcastError } from './errors.ts'
import type { Clock } from './ports.ts'
import type { Secrets } from './secrets.ts'

/** Who was sent away from a broadcast for a while: whoever publishes it, or somebody who watched. */
export type Exclusion = {
  readonly id: string
  readonly broadcastId: string
  readonly kind: 'publisher' | 'viewer'
  /** Of a viewer with an account, wherever they come from. */
  readonly userId: string | null
  /** An address, or the /64 of one: everybody without an account who comes from there. Null: everybody. */
  readonly block: string | null
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** Somebody who was sent away, as far as they were known. */
export type Excluded = {
  readonly broadcastId: string
  readonly userId: string | null
  readonly address: string
}

/** Somebody who wants to watch. */
export type Newcomer = {
  readonly userId: string | undefined
  readonly address: string
  /** What tells their player apart, where it came before. */
  readonly session: string | undefined
}

export type ExclusionsOptions = {
  clock: Pick<Clock, 'now'>
  secrets: Pick<Secrets, 'newId'>
  /** Whether a player with this session watches right now: it stays, whoever else was at its address. */
  isWatching?: (broadcastId: string, session: string) => boolean
}

/** Beyond, the oldest is forgotten. */
const MAX_EXCLUSIONS = 1000

/** Keeps those who were sent away from coming straight back; in memory, for it is a matter of minutes. */
export class Exclusions {
  readonly #options: ExclusionsOptions
  readonly #all = new Map<string, Exclusion>()

  constructor(options: ExclusionsOptions) {
    this.#options = options
  }

  /** Nobody publishes this broadcast for so many milliseconds. */
  excludePublisher(broadcastId: string, lasts: number): void {
    this.#add({ broadcastId, kind: 'publisher', userId: null, block: null }, lasts)
  }

  /** Their account, and whoever has none and comes from where they came from. */
  excludeViewer({ broadcastId, userId, address }: Excluded, lasts: number): void {
    this.#add({ broadcastId, kind: 'viewer', userId, block: addressBlock(address) }, lasts)
  }

  /** Those that last, newest first. */
  of(broadcastId: string): readonly Exclusion[] {
    this.#forgetPast()
    return [...this.#all.values()].filter((exclusion) => exclusion.broadcastId === broadcastId).toReversed()
  }

  /** Lets them in again. An unknown one is no error: it may just have passed. */
  lift(broadcastId: string, id: string): void {
    if (this.#all.get(id)?.broadcastId === broadcastId) this.#all.delete(id)
  }

  /** Of a broadcast that is no more. */
  forget(broadcastId: string): void {
    for (const { id } of this.of(broadcastId)) this.#all.delete(id)
  }

  /** Throws `kicked`. */
  assertMayPublish(broadcastId: string): void {
    if (this.#all.size === 0) return
    this.#refuse(this.of(broadcastId).find(({ kind }) => kind === 'publisher'))
  }

  /** Throws `kicked`. */
  assertMayWatch(broadcastId: string, { userId, address, session }: Newcomer): void {
    if (this.#all.size === 0) return
    const block = addressBlock(address)
    const found = this.of(broadcastId).find(
      (exclusion) =>
        exclusion.kind === 'viewer' &&
        (userId === undefined ? exclusion.block === block : exclusion.userId === userId),
    )
    if (!found) return
    const isInside =
      userId === undefined && session !== undefined && this.#options.isWatching?.(broadcastId, session)
    if (isInside !== true) this.#refuse(found)
  }

  #add(exclusion: Omit<Exclusion, 'id' | 'until'>, lasts: number): void {
    if (lasts <= 0) return
    const { clock, secrets } = this.#options
    this.#forgetPast()
    const id = secrets.newId()
    this.#all.set(id, { ...exclusion, id, until: clock.now() + lasts })
    const [oldest] = this.#all.keys()
    if (this.#all.size > MAX_EXCLUSIONS && oldest !== undefined) this.#all.delete(oldest)
  }

  #forgetPast(): void {
    const now = this.#options.clock.now()
    for (const { id, until } of this.#all.values()) if (until <= now) this.#all.delete(id)
  }

  #refuse(exclusion: Exclusion | undefined): void {
    if (!exclusion) return
    const left = Math.ceil((exclusion.until - this.#options.clock.now()) / 1000)
    const whom = exclusion.kind === 'publisher' ? 'nobody may publish this broadcast' : 'you were sent away'
    throw new BroadcastError('kicked', `an administrator decided: ${whom} for a while`, { retryAfter: left })
  }
}
