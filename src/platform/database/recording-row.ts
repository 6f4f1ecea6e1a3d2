import type { RecordingRecord } from '../../core/recording/recording-store.ts'

/** A recording as it is stored; `codecs` separated by spaces. */
export type RecordingRow = {
  id: string
  broadcast_id: string
  title: string
  started_at: number
  ended_at: number | null
  state: RecordingRecord['state']
  duration: number
  size: number
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
    startedAt: row.started_at,
    endedAt: row.ended_at,
    size,
    truncated: Boolean(row.truncated),
    codecs: codecs === '' ? [] : codecs.split(' '),
  }
}
