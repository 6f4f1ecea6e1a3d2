import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BroadcastRights } from '../../core/broadcast-rights.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { RenditionJournal } from '../../core/recording/journal.ts'
import type { RecordingRecord } from '../../core/recording/recording-store.ts'
import type { Recordings } from '../../core/recording/recordings.ts'
import type { Playing, WatchAccess } from '../../core/watch-access.ts'
import { watcherOf } from '../visitor.ts'

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

/** The words of `Recordings.get`, for what is private must not be found by guessing. */
const NO_SUCH_RECORDING = 'there is no recording with this id'

/** What somebody may watch, and as which player. */
export type Watchable = Playing & { readonly record: RecordingRecord }

/** The recording of a request, for whoever may watch its broadcast; else it is as if it did not exist. */
export async function watchable(
  { recordings, watchAccess, guesses }: RecordingDoorsOptions,
  request: FastifyRequest,
  id: string,
): Promise<Watchable> {
  const player = watcherOf(request)
  return guesses.guard(player, () =>
    asRecording(async () => {
      const record = await recordings.get(id)
      return { record, ...(await watchAccess.enterPlayer(record.broadcastId, player)) }
    }),
  )
}

/** What is wrong with its broadcast is told of the recording, for that is what was asked for. */
export async function asRecording<Result>(attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof BroadcastError) || error.code !== 'broadcast-not-found') throw error
    throw new BroadcastError('recording-not-found', NO_SUCH_RECORDING)
  }
}
