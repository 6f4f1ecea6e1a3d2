import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import type { BroadcastRights } from '../core/broadcast-rights.ts'
import type { Broadcasts } from '../core/broadcasts.ts'
import type { GuessLimit } from '../core/guess-limit.ts'
import type { Library } from '../core/library.ts'
import type { MediaProbe } from '../core/media-probe.ts'
import type { PackageConsumer } from '../core/packaging/live-packages.ts'
import type { Clock, Logger } from '../core/ports.ts'
import { Recorder, type RecorderStatus } from '../core/recording/recorder.ts'
import { Recordings } from '../core/recording/recordings.ts'
import { RecordingSource } from '../core/recording/recording-source.ts'
import type { RecordingStore } from '../core/recording/recording-store.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Viewings } from '../core/viewings.ts'
import type { WatchAccess } from '../core/watch-access.ts'
import type { Webhooks } from '../core/webhooks/webhooks.ts'
import type { Schema } from '../platform/database/schema.ts'
import { SqlRecordingStore } from '../platform/database/sql-recording-store.ts'
import { DiskRecordings } from '../platform/recordings/disk-recordings.ts'
import { Mp4Maker } from '../platform/recordings/mp4/mp4-maker.ts'
import { PosterMaker } from '../platform/recordings/poster-maker.ts'
import type { RecordingDoorsOptions, ReplayedFact } from '../protocols/recordings/recording-doors.ts'
import { recordingsPlugin } from '../protocols/recordings/recordings-plugin.ts'
import { replayPlugin } from '../protocols/recordings/replay-plugin.ts'
import { sessionKeyOf } from '../protocols/vod/session-key.ts'
import type { Config } from './config/schema.ts'
import type { Archive } from '../protocols/hls/archive.ts'
import { RecordingArchive } from '../platform/recordings/recording-archive.ts'
import { fileSender } from './http/send-file.ts'
import { announcingRecordings } from './webhooks.ts'

const MIB = 1024 * 1024
const GB = 1e9
const DAY = 24 * 3_600_000

type Parts = { config: Config; clock: Clock; logger: Logger }

/** Writes what is live; opened before the broadcasts, so that it outlives them and can finish their recordings. */
export type OpenRecorder = AsyncDisposable & {
  readonly recorder: Recorder
  readonly storage: DiskRecordings
  readonly store: RecordingStore
  /** Records each run of a broadcast that wants it. */
  readonly consumer: PackageConsumer
  /** What is on the disk of the run that is being recorded; undefined when it is not. */
  archiveOf(broadcastId: string): Archive | undefined
}

export async function openRecorder({
  config,
  clock,
  logger,
  database,
  secrets,
  webhooks,
}: Parts & {
  database: Kysely<Schema>
  secrets: Secrets
  webhooks: Pick<Webhooks, 'wants' | 'announce'>
}): Promise<OpenRecorder> {
  const storage = await DiskRecordings.open(path.join(config.dataDir, 'recordings'))
  const store = announcingRecordings(new SqlRecordingStore(database), webhooks, clock)
  const recorder = new Recorder({
    ...{ storage, store, secrets, clock, logger },
    get minFree() {
      return config.recordingsMinFreeMb * MIB
    },
  })
  return {
    recorder,
    storage,
    store,
    consumer({ id, record }) {
      if (!record.record) return undefined
      const recording = recorder.begin({ broadcastId: id, title: record.title })
      return {
        renditionAdded: (rendition) => recording.add(rendition),
        ended: () => void recording.end(),
      }
    },
    archiveOf(broadcastId) {
      const [recording] = recorder.liveOf(broadcastId)
      return recording && new RecordingArchive(recording, storage.folder(recording.id))
    },
    [Symbol.asyncDispose]: () => recorder.close(),
  }
}

/** What the routes need of recordings. */
export type RecordingDoors = Pick<
  RecordingDoorsOptions,
  'recordings' | 'mediaFile' | 'videoFile' | 'poster'
> & {
  readonly status?: () => RecorderStatus
}

/** What was recorded: recovered, kept within limits, part of the library. */
export function openRecordings(
  { recorder, storage, store }: Omit<OpenRecorder, 'consumer'>,
  {
    config,
    clock,
    logger,
    broadcasts,
    library,
    probe,
  }: Parts & {
    broadcasts: Broadcasts
    library: Library
    probe: MediaProbe
  },
): RecordingDoors & AsyncDisposable {
  const folder = (id: string) => storage.folder(id)
  const mp4 = new Mp4Maker({
    folder,
    free: () => storage.free(),
    get minFree() {
      return config.recordingsMinFreeMb * MIB
    },
  })
  const posters = new PosterMaker({ folder, probe, logger })
  const recordings = new Recordings({
    ...{ recorder, storage, store, clock, logger },
    limits: {
      get maxAge() {
        return config.recordingsMaxDays * DAY || Infinity
      },
      get maxBytes() {
        return config.recordingsMaxGb * GB || Infinity
      },
    },
    release: (id) => mp4.release(id),
  })
  const poster: RecordingDoors['poster'] = (id, renditions) => posters.posterOf(id, renditions)
  library.add(new RecordingSource({ recordings, poster, findBroadcast: (id) => broadcasts.find(id) }))
  const stopListening = broadcasts.on('removed', ({ broadcast }) => {
    recordings
      .removeAllOf(broadcast.id)
      .catch((error: unknown) =>
        logger.error({ error, broadcast: broadcast.id }, 'its recordings were not removed'),
      )
  })
  return {
    recordings,
    poster,
    status: () => recorder.status,
    mediaFile: (id, name) => path.join(storage.folder(id), name),
    videoFile: ({ id, title }, renditions) => mp4.fileOf({ id, title, renditions }),
    async [Symbol.asyncDispose]() {
      stopListening()
      await mp4[Symbol.asyncDispose]()
      await recordings.close()
    },
  }
}

export type RecordingRoutes = {
  rights: BroadcastRights
  watchAccess: WatchAccess
  guesses: GuessLimit
  publicUrl: string
  viewings: Pick<Viewings, 'seen'>
}

/** Their routes; what is sent through them is a viewing. */
export async function installRecordings(
  fastify: FastifyInstance,
  doors: RecordingDoors,
  { viewings, ...needs }: RecordingRoutes,
): Promise<void> {
  const options: RecordingDoorsOptions = {
    ...doors,
    ...needs,
    sendFile: fileSender(),
    replayed: (fact) => viewings.seen(seenRequest(fact)),
  }
  await fastify.register(recordingsPlugin, options)
  await fastify.register(replayPlugin, options)
}

function seenRequest({
  request,
  record,
  protocol,
  bytes,
  interval,
}: ReplayedFact): Parameters<Viewings['seen']>[0] {
  const { ip: address, headers } = request
  return {
    key: sessionKeyOf({ address, headers, userId: undefined, session: undefined }),
    subject: { kind: 'recording', id: record.id, title: record.title },
    ...{ protocol, address, bytes },
    ...(interval && { interval }),
  }
}
