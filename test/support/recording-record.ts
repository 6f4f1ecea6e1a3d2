import type { RecordingRecord } from '../../src/core/recording/recording-store.ts'

/** A recording as the store has it. */
export function recordingRecord(changes: Partial<RecordingRecord> = {}): RecordingRecord {
  return {
    ...{ id: 'r1', broadcastId: 'b1', title: 'A title', startedAt: 1_795_000_000_000 },
    ...{ endedAt: 1_795_000_100_000, state: 'ready', duration: 100, size: 1_000_000, truncated: false },
    codecs: ['avc1.42c01f', 'opus'],
    ...changes,
  }
}
