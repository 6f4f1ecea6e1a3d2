import { type Static, Type } from 'typebox'
import type { ViewingRecord } from '../../core/viewing-store.ts'

/** One row of the watch log as the outside sees it. */
export const ViewingViewSchema = Type.Object({
  id: Type.String(),
  subject: Type.Object({
    kind: Type.String({ description: 'broadcast, recording or file' }),
    id: Type.String({ description: 'Of a file its path in the library.' }),
    title: Type.String(),
  }),
  user: Type.Union([Type.String(), Type.Null()]),
  authenticated: Type.Boolean(),
  address: Type.String(),
  protocol: Type.String({ description: 'whep, signalling, hls, frames or range' }),
  startedAt: Type.String({ format: 'date-time' }),
  endedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  secondsWatched: Type.Number(),
  intervals: Type.Array(Type.Array(Type.Number()), {
    description: 'From and to of what was watched, merged and in order.',
  }),
  intervalUnit: Type.String({ description: 'seconds or bytes' }),
  bytes: Type.Integer(),
})

export type ViewingView = Static<typeof ViewingViewSchema>

const milliseconds = (seconds: number) => Math.round(seconds * 1000) / 1000

export function viewingView(record: ViewingRecord): ViewingView {
  const { id, subject, userId, authenticated, address, protocol, startedAt, endedAt, bytes } = record
  return {
    id,
    subject: { ...subject },
    user: userId,
    authenticated,
    address,
    protocol,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    secondsWatched: milliseconds(record.secondsWatched),
    intervals: record.intervals.map((span) => span.map(milliseconds)),
    intervalUnit: protocol === 'range' ? 'bytes' : 'seconds',
    bytes,
  }
}
