import { BroadcastError } from '../../core/errors.ts'
import type { Clock, Logger } from '../../core/ports.ts'

/** Milliseconds between two looks at a database that works, and at one that does not. */
const LOOK_AFTER = 5_000
const LOOK_AGAIN_AFTER = 1_000
/** Seconds, for clients. */
const RETRY_AFTER = 5

/** Whether the database works; the guards of its connections tell it, and it looks by itself. */
export class DatabaseHealth {
  readonly #clock: Clock
  readonly #logger: Logger
  #look: (() => Promise<void>) | undefined
  #hangUp: () => void = () => {}
  #looking = false
  #cancel = () => {}
  #lostAt: number | undefined
  #outages = 0

  constructor({ clock, logger }: { clock: Clock; logger: Logger }) {
    this.#clock = clock
    this.#logger = logger
  }

  get isUp(): boolean {
    return this.#lostAt === undefined
  }

  /** How often it was lost since the start. */
  get outages(): number {
    return this.#outages
  }

  /** Begins to look at it with `look`, which rejects while it does not work; `hangUp` frees those who wait for it. */
  watch(look: () => Promise<void>, hangUp: () => void = () => {}): void {
    this.#look = look
    this.#hangUp = hangUp
    this.#lookAfter(LOOK_AFTER)
  }

  /** The refusal of everything that needs the database now. */
  refusal(cause?: unknown): BroadcastError {
    return new BroadcastError('overloaded', 'the database cannot be reached now', {
      retryAfter: RETRY_AFTER,
      cause,
    })
  }

  /** Throws it while the database is known to be lost: nobody waits for what will fail. */
  assertUp(): void {
    if (!this.isUp) throw this.refusal()
  }

  /** One connection failed: looks whether all do. Returns what to tell whoever asked. */
  suspect(error: unknown): BroadcastError {
    if (this.isUp) this.#lookAfter(0)
    return this.refusal(error)
  }

  close(): void {
    this.#look = undefined
    this.#cancel()
  }

  #lookAfter(milliseconds: number): void {
    this.#cancel()
    this.#cancel = this.#look ? this.#clock.after(milliseconds, () => void this.#lookNow()) : () => {}
  }

  async #lookNow(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      await this.#look?.()
      this.#found()
    } catch (error) {
      this.#lost(error)
    } finally {
      this.#looking = false
      this.#lookAfter(this.isUp ? LOOK_AFTER : LOOK_AGAIN_AFTER)
    }
  }

  #lost(error: unknown): void {
    if (!this.isUp || !this.#look) return
    this.#lostAt = this.#clock.monotonic()
    this.#outages++
    this.#logger.error({ error }, 'the database is lost: what is live goes on, the rest waits for it')
    this.#hangUp()
  }

  #found(): void {
    if (this.#lostAt === undefined) return
    const seconds = Math.round((this.#clock.monotonic() - this.#lostAt) / 1000)
    this.#lostAt = undefined
    this.#logger.info({ seconds }, 'the database is back')
  }
}
