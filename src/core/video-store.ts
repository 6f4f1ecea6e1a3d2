import type { SourceQuery } from './library.ts'
import type { MediaFacts } from './media-probe.ts'

/** What is known of one file under the library root. */
export type VideoRecord = {
  readonly id: string
  /** Below the library root, with slashes. */
  readonly path: string
  readonly title: string
  readonly size: number
  /** Times are milliseconds since the epoch. */
  readonly modifiedAt: number
  readonly createdAt: number
  readonly facts: MediaFacts
  /** Another word for another picture; null where there is none. */
  readonly posterVersion: string | null
  /** It has been looked into, successfully or not. */
  readonly examined: boolean
}

/** Where what is known of video files is kept, so that a list reads none of them. */
export interface VideoStore {
  /** Every one, for the comparison with what is there. */
  all(): Promise<VideoRecord[]>
  find(id: string): Promise<VideoRecord | undefined>
  /** In the order of `compareItems(sort)`; searched by path. */
  list(query: SourceQuery): Promise<{ records: VideoRecord[]; total: number }>
  /** Inserts it, or replaces the one with this id. */
  put(record: VideoRecord): Promise<void>
  remove(id: string): Promise<void>
}
