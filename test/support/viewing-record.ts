import type { ViewingRecord } from '../../src/core/viewing-store.ts'

/** A row of the watch log: somebody watched a lecture for a minute. */
export function viewingRecord(changes: Partial<ViewingRecord> = {}): ViewingRecord {
  return {
    id: 'viewing',
    revision: 1,
    subject: { kind: 'broadcast', id: 'lecture', title: 'A lecture' },
    userId: null,
    authenticated: false,
    address: '192.0.2.7',
    protocol: 'whep',
    startedAt: 1_895_000_000_000,
    seenAt: 1_895_000_060_000,
    endedAt: 1_895_000_060_000,
    secondsWatched: 60,
    intervals: [
      [0, 12.5],
      [30, 77.5],
    ],
    bytes: 1_000_000,
    ...changes,
  }
}
