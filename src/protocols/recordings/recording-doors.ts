import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BroadcastRights } from '../../core/broadcast-rights.ts'
import type { Broadcast } from '../../core/broadcast.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { RenditionJournal } from '../../core/recording/journal.ts'
import type { RecordingRecord } from '../../core/recording/recording-store.ts'
import type { Recordings } from '../../core/recording/recordings.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { visitorOf } from '../visitor.ts'

/** A stretch of bytes; `to` is not part of it. */
type ByteRange = { readonly from: number; readonly to: number }

/** Answers with a file, by range where that is asked for; resolves with what the client took. */
export type SendFile = (
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
) => Promise<readonly ByteRange[]>

/** Somebody was sent a piece of a recording: seconds for `hls`, bytes for `range`. */
export type ReplayedFact = {
  readonly request: FastifyRequest
  readonly record: RecordingRecord
  readonly protocol: 'hls' | 'range'
  readonly bytes: number
  readonly interval?: ByteRange
}

/** What these doors need from the rest of the system, and nothing more. */
export type RecordingDoorsOptions = {
  recordings: Pick<Recordings, 'get' | 'list' | 'journals' | 'remove'>
  rights: BroadcastRights
  watchAccess: WatchAccess
  guesses: GuessLimit
  publicUrl: string
  /** Path of a media file. */
  mediaFile: (recordingId: string, name: string) => string
  /** Path of the whole video, which is made when it is asked for first. */
  videoFile: (record: RecordingRecord, renditions: readonly RenditionJournal[]) => Promise<string>
  /** A JPEG of the first picture. */
  poster: (recordingId: string, renditions: readonly RenditionJournal[]) => Promise<Buffer | undefined>
  sendFile: SendFile
  replayed?: (fact: ReplayedFact) => void
}

/** The recording of a request and its broadcast, for whoever may watch it. */
export function watchable(
  { recordings, watchAccess, guesses }: RecordingDoorsOptions,
  { headers, ip, identity }: FastifyRequest,
  id: string,
): Promise<{ record: RecordingRecord; broadcast: Broadcast }> {
  const visitor = visitorOf(headers, ip, identity)
  return guesses.guard(visitor, async () => {
    const record = await recordings.get(id)
    return { record, broadcast: await watchAccess.enter(record.broadcastId, visitor) }
  })
}
