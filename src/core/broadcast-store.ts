export type BroadcastState = 'created' | 'live' | 'reconnecting' | 'ended'
export type Visibility = 'public' | 'unlisted' | 'private'
/** `sfu`: the server forwards. `p2p`: it only signals, media flows between the peers. */
export type Delivery = 'sfu' | 'p2p'

/** What is remembered of a broadcast over a restart. Times are milliseconds since the epoch. */
export type BroadcastRecord = {
  readonly id: string
  /** Whose account made it; null for what was made without one, in open mode. */
  readonly ownerId: string | null
  readonly title: string
  readonly visibility: Visibility
  readonly record: boolean
  readonly delivery: Delivery
  /** Whether its audience may talk. */
  readonly chat: boolean
  readonly state: BroadcastState
  /** Hash of the stream key; the key itself is never kept. */
  readonly keyHash: string
  readonly createdAt: number
  /** Start of the latest run; null before the first. */
  readonly startedAt: number | null
  readonly endedAt: number | null
}

export type BroadcastQuery = {
  readonly states?: readonly BroadcastState[]
  readonly visibility?: Visibility
  readonly ownerId?: string
  /** Part of the id or the title, in upper or lower case. */
  readonly text?: string
  /** Rows to skip and rows to return, newest first. */
  readonly offset: number
  readonly limit: number
}

/** Keeps broadcasts. Implementations: the database, and a fake that remembers. */
export interface BroadcastStore {
  /** Rejects with `broadcast-exists` when the id is taken. */
  insert(record: BroadcastRecord): Promise<void>
  /** Overwrites the row with the same id; unknown ids are ignored. */
  update(record: BroadcastRecord): Promise<void>
  find(id: string): Promise<BroadcastRecord | undefined>
  list(
    query: BroadcastQuery,
  ): Promise<{ readonly records: readonly BroadcastRecord[]; readonly total: number }>
  remove(id: string): Promise<void>
  /** After a restart: whatever was live or reconnecting is ended now. Returns how many. */
  endInterrupted(endedAt: number): Promise<number>
}
