/** A viewer token that was given out; the token itself is signed and kept nowhere. Times are milliseconds. */
export type ViewerTokenRecord = {
  readonly id: string
  readonly broadcastId: string
  /** For whom it is, in its maker's words. */
  readonly name: string
  /** Account that made it; null in open mode. */
  readonly createdBy: string | null
  readonly createdAt: number
  readonly expiresAt: number
}

/** Keeps who may watch what is private. Implementations: the database, and a fake that remembers. */
export interface ShareStore {
  addToken(record: ViewerTokenRecord): Promise<void>
  /** Newest first. */
  tokensOf(broadcastId: string): Promise<readonly ViewerTokenRecord[]>
  /** Unknown ones are ignored. */
  removeToken(broadcastId: string, id: string): Promise<void>
  removeExpired(before: number): Promise<void>
  /** Accounts by name, in order. */
  viewersOf(broadcastId: string): Promise<readonly string[]>
  /** These, and nobody else. */
  setViewers(broadcastId: string, userIds: readonly string[]): Promise<void>
  removeAllOf(broadcastId: string): Promise<void>
}
