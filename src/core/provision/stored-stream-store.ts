import type { Stream } from './stream-store.ts'

/** A stream, and what the server needs to go on watching its storage after a restart. */
export type StoredStream = Stream & {
  /** Where in the bucket it lies. */
  readonly path: string
  /** When its playlist said that nothing follows; null before. */
  readonly endDate: number | null
  /** Until when its client holds credentials. */
  readonly provisionedUntil: number
}

export type StoredStreamChanges = Partial<Pick<StoredStream, 'stopDate' | 'endDate' | 'provisionedUntil'>>

/** Keeps the streams of this server. Implementations: the database, and a fake that remembers. */
export interface StoredStreamStore {
  insert(stream: StoredStream): Promise<void>
  /** An unknown id is ignored. */
  update(id: string, changes: StoredStreamChanges): Promise<void>
  find(id: string): Promise<StoredStream | undefined>
  /** Neither stopped nor ended, oldest first. */
  running(): Promise<readonly StoredStream[]>
  remove(id: string): Promise<void>
}
