import { AudienceCount, type AudienceOverTime } from './audience-over-time.ts'
import type { Broadcasts } from './broadcasts.ts'
import { BroadcastError } from './errors.ts'
import type { Clock, Logger } from './ports.ts'
import type { Secrets } from './secrets.ts'
import { plainAddress, truncatedAddress } from './truncated-address.ts'
import { type RetentionRules, ViewingRetention } from './viewing-retention.ts'
import type { ViewingFilter, ViewingRecord, ViewingSpool, ViewingStore } from './viewing-store.ts'
import { Viewings } from './viewings.ts'
import { ViewingWriter } from './viewing-writer.ts'

export type WatchLogOptions = {
  broadcasts: Pick<Broadcasts, 'loaded' | 'on'>
  store: ViewingStore
  spool: ViewingSpool
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
  logger: Logger
  rules: RetentionRules
  /** Told of each row as it is written: when a viewing begins, now and then, and when it ends. */
  written?: (record: ViewingRecord) => void
}

/** Rows read at a time, so that nothing else waits for long. */
const PORTION = 1_000
/** Milliseconds between two attempts at a store that fails. */
const RETRY_AFTER = 5_000

/** Who watched what, and when: one row per viewing. */
export class WatchLog implements AsyncDisposable {
  /** Doors tell it what is watched. */
  readonly viewings: Viewings
  readonly #store: ViewingStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #writer: ViewingWriter
  readonly #retention: ViewingRetention
  #cancelRecovery: () => void = () => undefined

  /** Brings in what was spooled and ends what a crash left open; a store that fails is no reason not to start. */
  static async open(options: WatchLogOptions): Promise<WatchLog> {
    const watchLog = new WatchLog(options)
    await watchLog.#recover(options.clock.now())
    void watchLog.#retention.run()
    return watchLog
  }

  private constructor({ broadcasts, store, spool, secrets, clock, logger, rules, written }: WatchLogOptions) {
    this.#store = store
    this.#clock = clock
    this.#logger = logger
    this.#writer = new ViewingWriter({ store, spool, clock, logger })
    this.#retention = new ViewingRetention({ store, clock, logger, rules })
    this.viewings = new Viewings({
      broadcasts,
      secrets,
      clock,
      addressOf: (address) => (rules.addressDays === 0 ? truncatedAddress : plainAddress)(address),
      write: (record) => {
        this.#writer.write(record)
        written?.(record)
      },
    })
  }

  /** Newest first, those that go on as they are now. Rejects with `overloaded` when the store fails. */
  list(filter: ViewingFilter, page: { offset: number; limit: number }): ReturnType<ViewingStore['list']> {
    return this.#read(async () => {
      const { records, total } = await this.#store.list(filter, page)
      return { records: records.map((record) => this.#asItIsNow(record)), total }
    })
  }

  /** All that match, newest first, a portion at a time. Rejects as `list` does. */
  async *portions(filter: ViewingFilter): AsyncGenerator<readonly ViewingRecord[]> {
    let last: ViewingRecord | undefined
    do {
      const after = last && { after: last }
      const records = await this.#read(() => this.#store.next(filter, { ...after, limit: PORTION }))
      yield records.map((record) => this.#asItIsNow(record))
      last = records.length < PORTION ? undefined : records.at(-1)
    } while (last)
  }

  /** What a user watched remains, who it was does not. Returns of how many viewings. Rejects as `list` does. */
  async forgetUser(userId: string): Promise<number> {
    let forgotten = 0
    for (;;) {
      const portion = await this.#read(() => this.#store.forgetUser(userId, PORTION))
      forgotten += portion
      if (portion < PORTION) return forgotten
    }
  }

  /** How many watched a broadcast at once. Rejects as `list` does. */
  async viewersOverTime(
    broadcastId: string,
    range: { from: number; to: number; step: number },
  ): Promise<AudienceOverTime> {
    const audience = new AudienceCount(range)
    const now = this.#clock.now()
    let afterId: string | undefined
    do {
      const page = { ...(afterId !== undefined && { afterId }), limit: PORTION }
      const times = await this.#read(() => this.#store.timesOf(broadcastId, range, page))
      for (const time of times)
        audience.add(time, time.endedAt ?? (this.viewings.isOpen(time.id) ? now + 1 : time.seenAt))
      afterId = times.length < PORTION ? undefined : times.at(-1)?.id
    } while (afterId !== undefined)
    return audience.result()
  }

  /** Ends every viewing and writes it. */
  async close(): Promise<void> {
    this.#cancelRecovery()
    this.#retention.close()
    while (this.viewings.end(PORTION) > 0) await this.#writer.flush()
    this.viewings.close()
    await this.#writer.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #read<Result>(query: () => Promise<Result>): Promise<Result> {
    await this.#writer.flush()
    try {
      return await query()
    } catch (error) {
      if (isOfAsker(error)) throw error
      throw new BroadcastError('overloaded', 'the watch log cannot be read now', { cause: error })
    }
  }

  /** Who it is, or that it is forgotten, the store knows best. */
  #asItIsNow(record: ViewingRecord): ViewingRecord {
    const current = this.viewings.current(record.id)
    return current ? { ...current, userId: record.userId, address: record.address } : record
  }

  async #recover(seenBefore: number): Promise<void> {
    let complete = await this.#writer.drain()
    try {
      const interrupted = await this.#store.endInterrupted(seenBefore)
      if (interrupted > 0) this.#logger.warn({ interrupted }, 'viewings ended by the last shutdown')
    } catch (error) {
      this.#logger.error({ error }, 'viewings of the last run are not ended yet')
      complete = false
    }
    if (!complete) this.#cancelRecovery = this.#clock.after(RETRY_AFTER, () => void this.#recover(seenBefore))
  }
}

/** Whoever asks can mend it: no store has room for such a text. */
function isOfAsker(error: unknown): boolean {
  return error instanceof BroadcastError && error.code === 'bad-request'
}
