import { folded } from '../../core/library-item.ts'
import type { Span } from '../../core/spans.ts'
import { truncatedAddress } from '../../core/truncated-address.ts'
import type { ViewingRecord } from '../../core/viewing-store.ts'
import type { ViewingRow } from './schema.ts'

/** As it is stored. */
export function rowOfViewing(record: ViewingRecord): ViewingRow {
  const { subject, userId, authenticated, startedAt, seenAt, endedAt, secondsWatched, intervals, ...same } =
    record
  return {
    ...same,
    subject_kind: subject.kind,
    subject_id: subject.id,
    title: subject.title,
    user_id: userId,
    is_authenticated: Number(authenticated),
    network: truncatedAddress(record.address),
    started_at: startedAt,
    seen_at: seenAt,
    ended_at: endedAt,
    seconds_watched: secondsWatched,
    intervals: JSON.stringify(intervals),
    searched: folded([subject.id, subject.title, userId ?? '', record.protocol].join('\n')),
  }
}

/** As it was written. */
export function recordOfViewing(row: ViewingRow): ViewingRecord {
  return {
    id: row.id,
    revision: row.revision,
    subject: { kind: row.subject_kind, id: row.subject_id, title: row.title },
    userId: row.user_id,
    authenticated: Boolean(row.is_authenticated),
    address: row.address,
    protocol: row.protocol,
    startedAt: row.started_at,
    seenAt: row.seen_at,
    endedAt: row.ended_at,
    secondsWatched: row.seconds_watched,
    intervals: JSON.parse(row.intervals) as Span[],
    bytes: row.bytes,
  }
}
