import { folded } from '../../src/core/library-item.ts'
import { truncatedAddress } from '../../src/core/truncated-address.ts'
import type {
  ViewingFilter,
  ViewingRecord,
  ViewingStore,
  ViewingTimes,
} from '../../src/core/viewing-store.ts'

/** Keeps the watch log in memory, remembers every batch, and can be out of order. */
export class FakeViewingStore implements ViewingStore {
  readonly records = new Map<string, ViewingRecord>()
  readonly batches: (readonly ViewingRecord[])[] = []
  /** While set, every call rejects with it: the database is down. */
  failure: Error | undefined
  /** While set, every call waits for it before it does anything. */
  gate: Promise<void> | undefined

  /** Newest first. */
  get rows(): readonly ViewingRecord[] {
    return [...this.records.values()].sort(newestFirst)
  }

  async save(records: readonly ViewingRecord[]): Promise<void> {
    await this.#reach()
    this.batches.push(records)
    for (const record of records) {
      const known = this.records.get(record.id)
      if (!known) this.records.set(record.id, record)
      else if (known.revision < record.revision)
        this.records.set(record.id, { ...record, userId: known.userId, address: known.address })
    }
  }

  async list(filter: ViewingFilter, { offset, limit }: { offset: number; limit: number }) {
    await this.#reach()
    const matching = this.rows.filter((record) => matches(record, filter))
    return { records: matching.slice(offset, offset + limit), total: matching.length }
  }

  async next(filter: ViewingFilter, { after, limit }: Parameters<ViewingStore['next']>[1]) {
    await this.#reach()
    return this.rows
      .filter((record) => matches(record, filter))
      .filter((record) => !after || newestFirst(after, record) < 0)
      .slice(0, limit)
  }

  async timesOf(
    broadcastId: string,
    { from, to }: { from: number; to: number },
    { afterId = '', limit }: { afterId?: string; limit: number },
  ): Promise<readonly ViewingTimes[]> {
    await this.#reach()
    return [...this.records.values()]
      .filter((record) => matches(record, { broadcastId }) && record.startedAt < to)
      .filter(({ endedAt }) => endedAt === null || endedAt > from)
      .filter(({ id }) => id > afterId)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, startedAt, seenAt, endedAt }) => ({ id, startedAt, seenAt, endedAt }))
  }

  async endInterrupted(seenBefore: number): Promise<number> {
    return this.#change(
      ({ endedAt, seenAt }) => endedAt === null && seenAt < seenBefore,
      (record) => ({ ...record, endedAt: record.seenAt }),
    )
  }

  async truncateAddresses(startedBefore: number, limit: number): Promise<number> {
    return this.#change(
      ({ startedAt, address }) => startedAt < startedBefore && address !== truncatedAddress(address),
      (record) => ({ ...record, address: truncatedAddress(record.address) }),
      limit,
    )
  }

  async purge(startedBefore: number, limit: number): Promise<number> {
    return this.#change(
      ({ startedAt, endedAt }) => startedAt < startedBefore && endedAt !== null,
      () => undefined,
      limit,
    )
  }

  async forgetUser(userId: string, limit: number): Promise<number> {
    return this.#change(
      (record) => record.userId === userId,
      (record) => ({ ...record, userId: null, address: '' }),
      limit,
    )
  }

  async #change(
    which: (record: ViewingRecord) => boolean,
    change: (record: ViewingRecord) => ViewingRecord | undefined,
    limit = Infinity,
  ): Promise<number> {
    await this.#reach()
    const chosen = [...this.records.values()].filter(which).slice(0, limit)
    for (const record of chosen) {
      const changed = change(record)
      if (changed) this.records.set(record.id, changed)
      else this.records.delete(record.id)
    }
    return chosen.length
  }

  async #reach(): Promise<void> {
    await this.gate
    if (this.failure) throw this.failure
  }
}

type Place = Pick<ViewingRecord, 'startedAt' | 'id'>

function newestFirst(a: Place, b: Place): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}

function matches(
  { subject, userId, address, protocol, authenticated, startedAt }: ViewingRecord,
  filter: ViewingFilter,
): boolean {
  if (filter.authenticated !== undefined && authenticated !== filter.authenticated) return false
  if (startedAt < (filter.from ?? -Infinity) || startedAt >= (filter.to ?? Infinity)) return false
  if (filter.broadcastId !== undefined && (subject.kind !== 'broadcast' || subject.id !== filter.broadcastId))
    return false
  if (filter.userId !== undefined && userId !== filter.userId) return false
  const text = folded(filter.text ?? '')
  return [subject.id, subject.title, userId ?? '', address, protocol].some((searched) =>
    folded(searched).includes(text),
  )
}
