import type { Broadcast } from '../broadcast.ts'
import type { BroadcastRecord } from '../broadcast-store.ts'
import type { Broadcasts } from '../broadcasts.ts'
import type { RecordingRecord } from '../recording/recording-store.ts'
import type { ViewingRecord } from '../viewing-store.ts'
import type { WebhookEvent, WebhookEventType } from './webhook.ts'

const TYPE_OF = {
  created: 'broadcast.created',
  live: 'broadcast.live',
  reconnecting: 'broadcast.reconnecting',
  ended: 'broadcast.ended',
} as const satisfies Record<BroadcastRecord['state'], WebhookEventType>

/** Announces each change of state of each broadcast; the returned function ends it. */
export function announceBroadcasts(
  broadcasts: Pick<Broadcasts, 'on'>,
  clock: { now(): number },
  announce: (event: WebhookEvent) => void,
): () => void {
  const told = new WeakMap<Broadcast, BroadcastRecord['state']>()
  const tell = ({ broadcast }: { broadcast: Broadcast }) => {
    told.set(broadcast, broadcast.state)
    announce(broadcastEvent(broadcast.record, clock.now()))
  }
  const stops = [
    ...(['created', 'started', 'ended'] as const).map((fact) => broadcasts.on(fact, tell)),
    broadcasts.on('updated', (fact) => {
      const before = told.get(fact.broadcast)
      if (before !== undefined && before !== fact.broadcast.state) tell(fact)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** What its state is now. */
export function broadcastEvent(record: BroadcastRecord, at: number): WebhookEvent {
  const { id, title, visibility, delivery, state, record: isRecorded } = record
  const data = {
    ...{ id, title, visibility, record: isRecorded, delivery, state },
    createdAt: isoOf(record.createdAt),
    startedAt: isoOf(record.startedAt),
    endedAt: isoOf(record.endedAt),
  }
  return { type: TYPE_OF[state], at, lane: id, data }
}

/** A recording can be watched. */
export function recordingReady(record: RecordingRecord, at: number): WebhookEvent {
  const { id, broadcastId, title, duration, size, truncated, codecs } = record
  const data = {
    ...{ id, broadcast: broadcastId, title, duration, size, truncated, codecs },
    startedAt: isoOf(record.startedAt),
    endedAt: isoOf(record.endedAt),
  }
  return { type: 'recording.ready', at, lane: broadcastId, data }
}

/** Somebody began or ended to watch; undefined for what is written in between. Without the address. */
export function viewingEvent(record: ViewingRecord, at: number): WebhookEvent | undefined {
  const { id, revision, subject, userId, authenticated, protocol, secondsWatched, bytes } = record
  if (revision > 1 && record.endedAt === null) return undefined
  const data = {
    ...{ id, subject, user: userId, authenticated, protocol, secondsWatched, bytes },
    startedAt: isoOf(record.startedAt),
    endedAt: isoOf(record.endedAt),
  }
  return { type: record.endedAt === null ? 'viewing.started' : 'viewing.ended', at, lane: id, data }
}

function isoOf(time: number): string
function isoOf(time: number | null): string | null
function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
