import type { BroadcastRecord } from '../../core/broadcast-store.ts'
import type { VideoRow } from './video-row.ts'

/** PostgreSQL gives a bigint as text. */
type Time = number | string

/** Rows as they are stored. Times are milliseconds since the epoch; booleans 0 or 1, which every SQL dialect has. */
export type BroadcastRow = {
  id: string
  title: string
  visibility: BroadcastRecord['visibility']
  record: number
  delivery: BroadcastRecord['delivery']
  state: BroadcastRecord['state']
  key_hash: string
  created_at: Time
  started_at: Time | null
  ended_at: Time | null
}

export type Schema = { broadcast: BroadcastRow; video: VideoRow }
