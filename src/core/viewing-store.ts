import type { Door } from './session.ts'
import type { Span } from './spans.ts'

/** What somebody watches. A file's id is its path in the library. */
export type ViewingSubject = {
  readonly kind: 'broadcast' | 'recording' | 'file'
  readonly id: string
  /** As it was called then. */
  readonly title: string
}

/** One row of the watch log: one person watching one thing, from beginning to end. Times are milliseconds. */
export type ViewingRecord = {
  /** Unique for ever: a row that is written twice is there once. */
  readonly id: string
  /** Counts up with each change, so that what is written late does not undo what is newer. */
  readonly revision: number
  readonly subject: ViewingSubject
  /** Null for the anonymous, and for a user who has been forgotten since. */
  readonly userId: string | null
  readonly authenticated: boolean
  /** Truncated after a while; '' where it is not known. */
  readonly address: string
  readonly protocol: Door
  readonly startedAt: number
  /** Last sign of life. */
  readonly seenAt: number
  /** Null while it goes on. */
  readonly endedAt: number | null
  readonly secondsWatched: number
  /** What was watched, merged and in order: bytes with the protocol `range`, else seconds from the beginning. */
  readonly intervals: readonly Span[]
  readonly bytes: number
}

export type ViewingFilter = {
  readonly authenticated?: boolean
  /** Began at or after, began before. */
  readonly from?: number
  readonly to?: number
  /** Id of a broadcast. */
  readonly broadcastId?: string
  /** Id of an account. */
  readonly userId?: string
  /** Found in id or title of the subject, in user, address or protocol, in upper or lower case. */
  readonly text?: string
}

/** Where reading goes on: after the row with these. */
export type ViewingCursor = Pick<ViewingRecord, 'startedAt' | 'id'>

/** When somebody was there. */
export type ViewingTimes = Pick<ViewingRecord, 'id' | 'startedAt' | 'seenAt' | 'endedAt'>

/** Keeps the watch log. Implementations: the database, and a fake that remembers. */
export interface ViewingStore {
  /** All or none. A row that is there already is replaced where the new one has a higher revision. */
  save(records: readonly ViewingRecord[]): Promise<void>
  /** Newest first. */
  list(
    filter: ViewingFilter,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly records: readonly ViewingRecord[]; readonly total: number }>
  /** Newest first, after `cursor`: for reading all without counting. */
  next(
    filter: ViewingFilter,
    page: { readonly after?: ViewingCursor; readonly limit: number },
  ): Promise<readonly ViewingRecord[]>
  /** Who watched a broadcast at any time within, in order of id. */
  timesOf(
    broadcastId: string,
    within: { readonly from: number; readonly to: number },
    page: { readonly afterId?: string; readonly limit: number },
  ): Promise<readonly ViewingTimes[]>
  /** Viewings without a sign of life since then, which a crash left open, end with their last one. */
  endInterrupted(seenBefore: number): Promise<number>
  /** Addresses of viewings that began before become their network; at most `limit` of them. Returns how many. */
  truncateAddresses(startedBefore: number, limit: number): Promise<number>
  /** Removes viewings that began before and are over; at most `limit` of them. Returns how many. */
  purge(startedBefore: number, limit: number): Promise<number>
  /** Takes account and address out of viewings of a user, for good; at most `limit` of them. Returns how many. */
  forgetUser(userId: string, limit: number): Promise<number>
}

/** Holds rows while the store cannot take them, over a restart too. */
export interface ViewingSpool {
  append(records: readonly ViewingRecord[]): Promise<void>
  /**
   * Hands over all rows, in batches. They are forgotten once all have been taken: when `take` rejects, so does
   * this, and they come again. Returns how many.
   */
  drain(take: (records: readonly ViewingRecord[]) => Promise<void>): Promise<number>
}
