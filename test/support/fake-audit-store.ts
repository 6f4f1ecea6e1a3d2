import type { AuditCursor, AuditEntry, AuditFilter, AuditStore } from '../../src/core/audit-store.ts'

/** Keeps the audit log in memory, and can be out of order. */
export class FakeAuditStore implements AuditStore {
  readonly entries: AuditEntry[] = []
  /** While set, every call rejects with it: the database is down. */
  failure: Error | undefined

  async insert(entries: readonly AuditEntry[]): Promise<void> {
    await this.#reach()
    this.entries.push(...entries)
  }

  async list(filter: AuditFilter, { offset, limit }: { offset: number; limit: number }) {
    await this.#reach()
    const entries = this.#matching(filter)
    return { entries: entries.slice(offset, offset + limit), total: entries.length }
  }

  async next(filter: AuditFilter, { after, limit }: { after?: AuditCursor; limit: number }) {
    await this.#reach()
    return this.#matching(filter)
      .filter(({ at, id }) => !after || at < after.at || (at === after.at && id < after.id))
      .slice(0, limit)
  }

  async purge(before: number, limit: number): Promise<number> {
    await this.#reach()
    const old = this.entries.filter(({ at }) => at < before).slice(0, limit)
    for (const entry of old) this.entries.splice(this.entries.indexOf(entry), 1)
    return old.length
  }

  #matching({ from, to, action, actorId, result, text = '' }: AuditFilter): AuditEntry[] {
    return this.entries
      .filter((entry) => from === undefined || entry.at >= from)
      .filter((entry) => to === undefined || entry.at < to)
      .filter((entry) => action === undefined || entry.action === action)
      .filter((entry) => actorId === undefined || entry.actorId === actorId)
      .filter((entry) => result === undefined || entry.result === result)
      .filter(({ actor, action: what, subjectId, address, detail }) =>
        [actor, what, subjectId, address, detail].some((cell) =>
          cell.toLowerCase().includes(text.toLowerCase()),
        ),
      )
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  }

  async #reach(): Promise<void> {
    await Promise.resolve()
    if (this.failure) throw this.failure
  }
}
