import type { BroadcastRecord } from '../../core/broadcast-store.ts'

/** Rows as they are stored. Times are milliseconds since the epoch; booleans 0 or 1, which every SQL dialect has. */
export type BroadcastRow = {
  id: string
  title: string
  visibility: BroadcastRecord['visibility']
  record: number
  delivery: BroadcastRecord['delivery']
  state: BroadcastRecord['state']
  key_hash: string
  created_at: number
  started_at: number | null
  ended_at: number | null
}

export type Schema = { broadcast: BroadcastRow }
