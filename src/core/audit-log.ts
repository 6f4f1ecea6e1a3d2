import type { AuditEntry, AuditFilter, AuditStore } from './audit-store.ts'
import { BroadcastError } from './errors.ts'
import type { Clock, Logger } from './ports.ts'
import type { Secrets } from './secrets.ts'
import { plainAddress } from './truncated-address.ts'
import type { Visitor } from './visitor.ts'

export type AuditLogOptions = {
  store: AuditStore
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
  logger: Logger
  /** After so many days an entry is removed. */
  readonly days: number
  /** Entries that wait in memory. */
  maxWaiting?: number
}

/** Who does something. */
export type AuditActor = { readonly id: string | null; readonly name: string }

/** What is told to the audit log. */
export type AuditFact = {
  readonly actor: AuditActor
  readonly action: string
  readonly subject: { readonly kind: string; readonly id: string }
  readonly address?: string
  readonly result?: AuditEntry['result']
  readonly detail?: string
}

const BATCH = 200
const PORTION = 1_000
const MAX_WAITING = 10_000
const RETRY_AFTER = 5_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const LONGEST = { name: 200, subject: 500, detail: 500 }

/** The server itself, where nobody asked it to. */
export const SERVER: AuditActor = { id: null, name: 'server' }

/** Who a visitor is to the audit log. */
export function actorOf({ identity, token }: Visitor, open: boolean): AuditActor {
  if (identity) return { id: identity.person.id, name: identity.person.name }
  if (token !== undefined) return { id: null, name: 'stream key' }
  return { id: null, name: open ? 'open' : 'anonymous' }
}

/** Who did what, when, from where, and whether it worked. Nothing of it is ever changed. */
export class AuditLog implements AsyncDisposable {
  readonly #options: AuditLogOptions
  readonly #maxWaiting: number
  #waiting: AuditEntry[] = []
  #flushing: Promise<void> | undefined
  #cancelRetry: (() => void) | undefined
  #cancelRetention: () => void = () => undefined
  #retaining: Promise<void>
  #closed = false

  constructor(options: AuditLogOptions) {
    this.#options = options
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING
    this.#retaining = this.#retain()
  }

  /** Returns at once and never throws. While the store is away entries wait, and beyond the bound go to the log. */
  record({ actor, action, subject, address = '', result = 'done', detail = '' }: AuditFact): void {
    const { secrets, clock } = this.#options
    this.#waiting.push({
      ...{ action, result, id: secrets.newId(), at: clock.now() },
      actorId: actor.id,
      actor: actor.name.slice(0, LONGEST.name),
      subjectKind: subject.kind,
      subjectId: subject.id.slice(0, LONGEST.subject),
      address: plainAddress(address),
      detail: detail.slice(0, LONGEST.detail),
    })
    if (this.#waiting.length > this.#maxWaiting) this.#giveToLogger(this.#waiting.splice(0, 1))
    if (!this.#cancelRetry) void this.#flush()
  }

  /** Newest first. Rejects with `overloaded` when the store fails. */
  list(filter: AuditFilter, page: { offset: number; limit: number }): ReturnType<AuditStore['list']> {
    return this.#read(() => this.#options.store.list(filter, page))
  }

  /** All that match, newest first, a portion at a time. Rejects as `list` does. */
  async *portions(filter: AuditFilter): AsyncGenerator<readonly AuditEntry[]> {
    let after: AuditEntry | undefined
    do {
      const page = { ...(after && { after }), limit: PORTION }
      const entries = await this.#read(() => this.#options.store.next(filter, page))
      yield entries
      after = entries.length < PORTION ? undefined : entries.at(-1)
    } while (after)
  }

  /** One more attempt at the store; what it does not take goes to the log. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#cancelRetention()
    await this.#retaining
    this.#cancelRetention()
    this.#retryNoMore()
    await this.#flush()
    this.#retryNoMore()
    this.#giveToLogger(this.#waiting.splice(0))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #read<Result>(query: () => Promise<Result>): Promise<Result> {
    if (!this.#cancelRetry) await this.#flush()
    try {
      return await query()
    } catch (error) {
      throw new BroadcastError('overloaded', 'the audit log cannot be read now', { cause: error })
    }
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  async #write(): Promise<void> {
    const { store, clock, logger } = this.#options
    await Promise.resolve() // what is told in one go is written once
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, BATCH)
        await store.insert(batch)
        const written = new Set(batch)
        this.#waiting = this.#waiting.filter((entry) => !written.has(entry))
      }
    } catch (error) {
      logger.error({ error, waiting: this.#waiting.length }, 'the audit log waits for the database')
      this.#cancelRetry = clock.after(RETRY_AFTER, () => {
        this.#cancelRetry = undefined
        void this.#flush()
      })
    }
  }

  #retryNoMore(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
  }

  /** So that nothing is lost without a trace. */
  #giveToLogger(entries: readonly AuditEntry[]): void {
    for (const audit of entries)
      this.#options.logger.error({ audit }, 'not in the audit log: the database is away')
  }

  /** Now and every hour. */
  async #retain(): Promise<void> {
    const { store, clock, logger } = this.#options
    try {
      while (
        (await store.purge(clock.now() - this.#options.days * DAY, PORTION)) === PORTION &&
        !this.#closed
      );
    } catch (error) {
      logger.error({ error }, 'the audit log could not be cut')
    }
    if (!this.#closed)
      this.#cancelRetention = clock.after(HOUR, () => {
        this.#retaining = this.#retain()
      })
  }
}
