import type { Clock, Logger } from './ports.ts'
import type { ViewingRecord, ViewingSpool, ViewingStore } from './viewing-store.ts'

export type ViewingWriterOptions = {
  store: Pick<ViewingStore, 'save'>
  spool: ViewingSpool
  clock: Clock
  logger: Logger
  /** Rows that wait in memory. */
  maxWaiting?: number
}

/** Rows of one insert. */
const BATCH = 500
/** More than end at once when a large audience leaves. */
const MAX_WAITING = 25_000
/** Milliseconds from a change to its insert, and between two attempts at a store that fails. */
const WRITE_AFTER = 1_000
const RETRY_AFTER = 5_000

/** Brings viewings to the store in batches. While that fails they go to the spool, and from there when it is back. */
export class ViewingWriter {
  readonly #store: Pick<ViewingStore, 'save'>
  readonly #spool: ViewingSpool
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #maxWaiting: number
  /** The newest of each, by id. */
  #waiting = new Map<string, ViewingRecord>()
  #state: 'writing' | 'spooling' = 'writing'
  #running: Promise<void> | undefined
  #spilling: Promise<void> | undefined
  #draining: Promise<boolean> | undefined
  #cancel: (() => void) | undefined
  #cancelRetry: (() => void) | undefined
  #spooled = false
  #dropped = 0

  constructor({ store, spool, clock, logger, maxWaiting = MAX_WAITING }: ViewingWriterOptions) {
    this.#store = store
    this.#spool = spool
    this.#clock = clock
    this.#logger = logger
    this.#maxWaiting = maxWaiting
  }

  /** Rows that neither store nor spool could take and memory had no room for. */
  get dropped(): number {
    return this.#dropped
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Returns at once and never throws. */
  write(record: ViewingRecord): void {
    this.#keep(record)
    if (this.#waiting.size >= this.#maxWaiting) this.#makeRoom()
    else this.#cancel ??= this.#clock.after(WRITE_AFTER, () => void this.flush())
  }

  /** Brings in what is in the spool, also that of an earlier process. What fails stays there and is tried again. */
  drain(): Promise<boolean> {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined
    })
    return this.#draining
  }

  async #drain(): Promise<boolean> {
    try {
      const rows = await this.#spool.drain((records) => this.#store.save(records))
      this.#spooled = false
      if (rows > 0) this.#logger.info({ rows }, 'watch log brought in from its file')
    } catch (error) {
      this.#spooled = true
      this.#logger.error({ error }, 'watch log still waits in its file')
      this.#cancel ??= this.#clock.after(RETRY_AFTER, () => void this.flush())
    }
    return !this.#spooled
  }

  /** Resolves when all that waits is in the store or the spool. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running
    this.#cancel?.()
    this.#cancel = undefined
    this.#running = this.#flush().finally(() => {
      this.#running = undefined
    })
    await this.#running
    await this.#spilling
  }

  /** One more attempt at the store; the rest is spooled. */
  async close(): Promise<void> {
    this.#state = 'writing'
    await this.flush()
    this.#cancel?.()
    this.#cancelRetry?.()
  }

  /** A store that is too slow is relieved by the spool. */
  #makeRoom(): void {
    if (!this.#running) void this.flush()
    else
      this.#spilling ??= this.#toSpool().finally(() => {
        this.#spilling = undefined
      })
  }

  async #flush(): Promise<void> {
    if (this.#state === 'spooling') return this.#toSpool()
    while (this.#waiting.size > 0) {
      const batch = this.#take(BATCH)
      try {
        await this.#store.save(batch)
      } catch (error) {
        this.#putBack(batch)
        this.#logger.error({ error, waiting: this.#waiting.size }, 'watch log not stored: it waits in a file')
        this.#state = 'spooling'
        this.#cancelRetry?.()
        this.#cancelRetry = this.#clock.after(RETRY_AFTER, () => void this.#retry())
        return this.#toSpool()
      }
    }
    if (this.#spooled) await this.drain()
  }

  async #toSpool(): Promise<void> {
    if (this.#waiting.size === 0) return
    const batch = this.#take(Infinity)
    try {
      await this.#spool.append(batch)
      this.#spooled = true
    } catch (error) {
      this.#putBack(batch)
      this.#logger.error(
        { error, waiting: this.#waiting.size, dropped: this.#dropped },
        'watch log not spooled',
      )
      this.#cancel ??= this.#clock.after(RETRY_AFTER, () => void this.flush())
    }
  }

  async #retry(): Promise<void> {
    this.#state = 'writing'
    await this.flush()
  }

  #keep(record: ViewingRecord): void {
    const known = this.#waiting.get(record.id)
    if (known ? known.revision < record.revision : this.#waiting.size < this.#maxWaiting)
      this.#waiting.set(record.id, record)
    else if (!known) this.#dropped++
  }

  #take(count: number): readonly ViewingRecord[] {
    const batch: ViewingRecord[] = []
    for (const record of this.#waiting.values()) {
      if (batch.length >= count) break
      batch.push(record)
      this.#waiting.delete(record.id)
    }
    return batch
  }

  /** Before those that came meanwhile, unless there is a newer one of the same. */
  #putBack(batch: readonly ViewingRecord[]): void {
    const newer = this.#waiting
    this.#waiting = new Map(batch.map((record) => [record.id, record]))
    for (const record of newer.values()) this.#keep(record)
  }
}
