import type { Visibility } from '../broadcast-store.ts'

/** `failed`: nothing of it can be played, or its files are gone. */
export type RecordingState = 'recording' | 'ready' | 'failed'

/** What is remembered of a recording. Times are milliseconds since the epoch. */
export type RecordingRecord = {
  readonly id: string
  readonly broadcastId: string
  /** That of the broadcast when it began. */
  readonly title: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly state: RecordingState
  /** Seconds of media, without the gaps. */
  readonly duration: number
  /** Bytes of media. */
  readonly size: number
  /** Something is missing that the publisher sent: the disk was full or too slow, or bytes were damaged. */
  readonly truncated: boolean
  /** As in the CODECS attribute (RFC 6381), such as `avc1.42c01f`. */
  readonly codecs: readonly string[]
}

export type RecordingQuery = {
  readonly broadcastId?: string
  /** That of its broadcast, as it is now. */
  readonly visibility?: Visibility
  /** Of its broadcast. */
  readonly ownerId?: string
  readonly states?: readonly RecordingState[]
  /** Rows to skip and rows to return, newest first. */
  readonly offset: number
  readonly limit: number
}

/** Keeps what is known of recordings. Implementations: the database, and a fake that remembers. */
export interface RecordingStore {
  /** Inserts it, or overwrites the row with the same id. */
  save(record: RecordingRecord): Promise<void>
  find(id: string): Promise<RecordingRecord | undefined>
  list(
    query: RecordingQuery,
  ): Promise<{ readonly records: readonly RecordingRecord[]; readonly total: number }>
  remove(id: string): Promise<void>
}
