import type {
  RecordingQuery,
  RecordingRecord,
  RecordingStore,
} from '../../src/core/recording/recording-store.ts'
import type { BroadcastStore } from '../../src/core/broadcast-store.ts'

/** Keeps recordings in memory, and can be out of order. */
export class FakeRecordingStore implements RecordingStore {
  readonly records = new Map<string, RecordingRecord>()
  /** Everything that was saved, in order. */
  readonly saved: RecordingRecord[] = []
  /** While set, every call rejects with it: the database is down. */
  failure: Error | undefined
  readonly #broadcasts: Pick<BroadcastStore, 'find'> | undefined

  /** Visibility is that of a broadcast. */
  constructor(broadcasts?: Pick<BroadcastStore, 'find'>) {
    this.#broadcasts = broadcasts
  }

  async save(record: RecordingRecord): Promise<void> {
    await this.#reach()
    this.saved.push(record)
    this.records.set(record.id, record)
  }

  async find(id: string): Promise<RecordingRecord | undefined> {
    await this.#reach()
    return this.records.get(id)
  }

  async list({ broadcastId, visibility, ownerId, states, offset, limit }: RecordingQuery) {
    await this.#reach()
    const matching: RecordingRecord[] = []
    for (const record of this.records.values()) {
      if (broadcastId !== undefined && record.broadcastId !== broadcastId) continue
      if (states && !states.includes(record.state)) continue
      const isAbout = visibility !== undefined || ownerId !== undefined
      const broadcast = isAbout ? await this.#broadcasts?.find(record.broadcastId) : undefined
      if (visibility && broadcast?.visibility !== visibility) continue
      if (ownerId !== undefined && broadcast?.ownerId !== ownerId) continue
      matching.push(record)
    }
    matching.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))
    return { records: matching.slice(offset, offset + limit), total: matching.length }
  }

  async remove(id: string): Promise<void> {
    await this.#reach()
    this.records.delete(id)
  }

  async #reach(): Promise<void> {
    await Promise.resolve()
    if (this.failure) throw this.failure
  }
}
