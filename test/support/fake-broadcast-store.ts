import type { BroadcastQuery, BroadcastRecord, BroadcastStore } from '../../src/core/broadcast-store.ts'
import { BroadcastError } from '../../src/core/errors.ts'

/** Keeps broadcasts in memory, remembers every update, and can be out of order. */
export class FakeBroadcastStore implements BroadcastStore {
  readonly records = new Map<string, BroadcastRecord>()
  readonly updates: BroadcastRecord[] = []
  /** While set, every call rejects with it: the database is down. */
  failure: Error | undefined
  /** While set, every call waits for it before it does anything. */
  gate: Promise<void> | undefined

  async insert(record: BroadcastRecord): Promise<void> {
    await this.#reach()
    if (this.records.has(record.id)) throw new BroadcastError('broadcast-exists', 'this id is taken')
    this.records.set(record.id, record)
  }

  async update(record: BroadcastRecord): Promise<void> {
    await this.#reach()
    this.updates.push(record)
    if (this.records.has(record.id)) this.records.set(record.id, record)
  }

  async find(id: string): Promise<BroadcastRecord | undefined> {
    const found = this.records.get(id) // as a database does: what was true when the question came
    await this.#reach()
    return found
  }

  async list({ states, visibility, ownerId, text = '', offset, limit }: BroadcastQuery) {
    const matching = [...this.records.values()]
      .filter((record) => !states || states.includes(record.state))
      .filter((record) => !visibility || record.visibility === visibility)
      .filter((record) => ownerId === undefined || record.ownerId === ownerId)
      .filter(({ id, title }) =>
        [id, title].some((value) => value.toLowerCase().includes(text.toLowerCase())),
      )
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
    await this.#reach()
    return { records: matching.slice(offset, offset + limit), total: matching.length }
  }

  async remove(id: string): Promise<void> {
    await this.#reach()
    this.records.delete(id)
  }

  async endInterrupted(endedAt: number): Promise<number> {
    await this.#reach()
    const interrupted = [...this.records.values()].filter(
      ({ state }) => state === 'live' || state === 'reconnecting',
    )
    for (const record of interrupted) this.records.set(record.id, { ...record, state: 'ended', endedAt })
    return interrupted.length
  }

  async #reach(): Promise<void> {
    await this.gate
    if (this.failure) throw this.failure
  }
}
