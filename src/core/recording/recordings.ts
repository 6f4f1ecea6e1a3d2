import { BroadcastError } from '../errors.ts'
import type { Clock, Logger } from '../ports.ts'
import { chooseExpired, type Keepable, type RetentionLimits } from './choose-expired.ts'
import type { RenditionJournal } from './journal.ts'
import type { Recorder } from './recorder.ts'
import { recoverAll } from './recover-all.ts'
import type { RecordingStorage } from './recording-storage.ts'
import type { RecordingQuery, RecordingRecord, RecordingStore } from './recording-store.ts'

export type RecordingsOptions = {
  recorder: Recorder
  storage: RecordingStorage
  store: RecordingStore
  clock: Clock
  logger: Logger
  limits: RetentionLimits
  /** Lets go of a recording's files; whatever is being made of them is given up. */
  release?: (id: string) => Promise<void>
}

const HOUR = 3_600_000
const PAGE = 200
/** Journals of finished recordings that are kept in memory: those that are watched now. */
const MAX_JOURNALS = 32

/** Everything that was recorded or is being recorded, by id. */
export class Recordings {
  /** Settles when what a crash left unfinished is finished. Never rejects. */
  readonly recovered: Promise<void>
  readonly #options: RecordingsOptions
  readonly #journals = new Map<string, readonly RenditionJournal[]>()
  readonly #removing = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  #cancelRetention: (() => void) | undefined

  /** Recovery and retention begin at once, beside whatever else the server does. */
  constructor(options: RecordingsOptions) {
    this.#options = options
    const { logger } = options
    this.recovered = recoverAll({ ...options, signal: this.#stopping.signal })
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) logger.error({ error }, 'recordings were not recovered')
      })
      .then(() => this.#retain())
  }

  /** As it is now. Rejects with `recording-not-found`. */
  async get(id: string): Promise<RecordingRecord> {
    const { recorder, store } = this.#options
    const live = recorder.live(id)
    if (live) return live.record
    await recorder.settled()
    const found = this.#removing.has(id) ? undefined : await store.find(id)
    if (!found || this.#removing.has(id))
      throw new BroadcastError('recording-not-found', 'there is no recording with this id')
    return found
  }

  /** Newest first; what is being recorded is told as it is now. */
  async list(query: RecordingQuery): Promise<{ records: readonly RecordingRecord[]; total: number }> {
    const { recorder, store } = this.#options
    await recorder.settled()
    const { records, total } = await store.list(query)
    return {
      records: records
        .filter(({ id }) => !this.#removing.has(id))
        .map((record) => recorder.live(record.id)?.record ?? record),
      total,
    }
  }

  /** What players need to know of its media. Rejects with `recording-not-found` where there is none. */
  async journals(id: string): Promise<readonly RenditionJournal[]> {
    const { recorder, storage } = this.#options
    const live = recorder.live(id)
    if (live) return live.journals
    const kept = this.#journals.get(id)
    if (kept) return kept
    const renditions = (await storage.read(id))?.renditions ?? []
    if (renditions.length === 0 || this.#removing.has(id))
      throw new BroadcastError('recording-not-found', 'nothing of this recording can be played')
    this.#journals.set(id, renditions)
    const [oldest] = this.#journals.keys()
    if (this.#journals.size > MAX_JOURNALS && oldest !== undefined) this.#journals.delete(oldest)
    return renditions
  }

  /** With its files. Rejects with `recording-not-ready` while it is being recorded. */
  async remove(id: string): Promise<void> {
    if (this.#options.recorder.live(id))
      throw new BroadcastError(
        'recording-not-ready',
        'this is still being recorded: stop the broadcast first',
      )
    await this.#remove(id)
  }

  /** What a broadcast that is no more left behind: nobody could watch or remove it any longer. */
  async removeAllOf(broadcastId: string): Promise<void> {
    const { recorder, store } = this.#options
    await Promise.all(recorder.liveOf(broadcastId).map((recording) => recording.end()))
    await recorder.settled()
    for (;;) {
      const { records } = await store.list({ broadcastId, offset: 0, limit: PAGE })
      if (records.length === 0) return
      for (const { id } of records) await this.#remove(id)
    }
  }

  /** Lets go; what is being recorded is the recorder's to end. */
  async close(): Promise<void> {
    this.#stopping.abort()
    this.#cancelRetention?.()
    await this.recovered
    this.#cancelRetention?.()
    await Promise.allSettled(this.#removing.values())
  }

  #remove(id: string): Promise<void> {
    let removing = this.#removing.get(id)
    if (!removing) {
      removing = this.#removeFiles(id).finally(() => this.#removing.delete(id))
      this.#removing.set(id, removing)
    }
    return removing
  }

  async #removeFiles(id: string): Promise<void> {
    const { storage, store, release, logger } = this.#options
    this.#journals.delete(id)
    await release?.(id)
    await storage.remove(id)
    await store.remove(id)
    logger.info({ recording: id }, 'recording removed')
  }

  /** By age and by size, never what is unfinished. Again in an hour. */
  async #retain(): Promise<void> {
    const { clock, logger, limits } = this.#options
    try {
      if (limits.maxAge < Infinity || limits.maxBytes < Infinity) await this.#removeExpired()
    } catch (error) {
      logger.error({ error }, 'old recordings were not removed')
    }
    if (!this.#stopping.signal.aborted) this.#cancelRetention = clock.after(HOUR, () => void this.#retain())
  }

  async #removeExpired(): Promise<void> {
    const { store, storage, limits, clock } = this.#options
    const keepable: Keepable[] = []
    for (let offset = 0; ; offset += PAGE) {
      const { records } = await store.list({ states: ['ready', 'failed'], offset, limit: PAGE })
      for (const { id, endedAt, startedAt } of records)
        keepable.push({ id, endedAt: endedAt ?? startedAt, bytes: await storage.usage(id) })
      if (records.length < PAGE) break
    }
    for (const id of chooseExpired(keepable, limits, clock.now())) {
      if (this.#stopping.signal.aborted) return
      await this.#remove(id)
    }
  }
}
