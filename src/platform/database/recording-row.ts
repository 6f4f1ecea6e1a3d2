import type { RecordingRecord } from '../../core/recording/recording-store.ts'

/** PostgreSQL gives a bigint as text. */
type Big = number | string

/** A recording as it is stored; `codecs` separated by spaces. */
export type RecordingRow = {
  id: string
  broadcast_id: string
  title: string
  started_at: Big
  ended_at: Big | null
  state: RecordingRecord['state']
  duration: number
  size: Big
  truncated: number
  codecs: string
}

export function recordingRowOf(record: RecordingRecord): RecordingRow {
  const { broadcastId, startedAt, endedAt, truncated, codecs, id, title, state, duration, size } = record
  return {
    ...{ id, title, state, duration, size },
    broadcast_id: broadcastId,
    started_at: startedAt,
    ended_at: endedAt,
    truncated: Number(truncated),
    codecs: codecs.join(' '),
  }
}

export function recordingOf(row: RecordingRow): RecordingRecord {
  const { id, title, state, duration, size, codecs } = row
  return {
    ...{ id, title, state, duration },
    broadcastId: row.broadcast_id,
    startedAt: Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    size: Number(size),
    truncated: Boolean(row.truncated),
    codecs: codecs === '' ? [] : codecs.split(' '),
  }
}
