import type { ShareStore, ViewerTokenRecord } from '../../src/core/share-store.ts'

/** Keeps in memory who may watch what is private, and can be out of order. */
export class FakeShareStore implements ShareStore {
  readonly tokens = new Map<string, ViewerTokenRecord>()
  readonly viewers = new Map<string, readonly string[]>()
  /** While set, every call rejects with it: the database is down. */
  failure: Error | undefined

  async addToken(record: ViewerTokenRecord): Promise<void> {
    this.#reach()
    this.tokens.set(record.id, record)
  }

  async tokensOf(broadcastId: string): Promise<readonly ViewerTokenRecord[]> {
    this.#reach()
    return [...this.tokens.values()]
      .filter((token) => token.broadcastId === broadcastId)
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
  }

  async removeToken(broadcastId: string, id: string): Promise<void> {
    this.#reach()
    if (this.tokens.get(id)?.broadcastId === broadcastId) this.tokens.delete(id)
  }

  async removeExpired(before: number): Promise<void> {
    this.#reach()
    for (const { id, expiresAt } of this.tokens.values()) if (expiresAt < before) this.tokens.delete(id)
  }

  async viewersOf(broadcastId: string): Promise<readonly string[]> {
    this.#reach()
    return this.viewers.get(broadcastId) ?? []
  }

  async setViewers(broadcastId: string, userIds: readonly string[]): Promise<void> {
    this.#reach()
    this.viewers.set(broadcastId, [...new Set(userIds)].toSorted())
  }

  async removeAllOf(broadcastId: string): Promise<void> {
    for (const { id } of await this.tokensOf(broadcastId)) this.tokens.delete(id)
    this.viewers.delete(broadcastId)
  }

  #reach(): void {
    if (this.failure) throw this.failure
  }
}
