import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import { Library } from '../core/library.ts'
import type { LibraryRights } from '../core/library-rights.ts'
import type { MediaProbe } from '../core/media-probe.ts'
import type { Clock, Logger } from '../core/ports.ts'
import type { Schema } from '../platform/database/schema.ts'
import { SqlVideoStore } from '../platform/database/sql-video-store.ts'
import { FfmpegProbe } from '../platform/ffmpeg/ffmpeg-probe.ts'
import { VideoFiles } from '../platform/library/video-files.ts'
import { libraryPlugin } from '../protocols/library/library-plugin.ts'
import { Uploads } from '../protocols/library/uploads.ts'
import { uploadsPlugin } from '../protocols/library/uploads-plugin.ts'
import { isVideoPath } from '../protocols/vod/video-path.ts'
import type { Config } from './config/schema.ts'

const MIB = 1024 * 1024
const HOUR = 60 * 60_000
const OWNER_ONLY = 0o700

export type LibraryNeeds = {
  config: Config
  database: Kysely<Schema>
  clock: Clock
  logger: Logger
}

/** What the routes need of the library. */
export type LibraryDoors = {
  /** Recordings join as a source of their own. */
  library: Library
  uploads: Uploads
  /** Looks into video files; one at a time for the whole server. */
  probe: Pick<MediaProbe, 'available'>
}

/** The library with its files and uploads, as the configuration has it. */
export async function openLibrary({
  config,
  database,
  clock,
  logger,
}: LibraryNeeds): Promise<LibraryDoors & { probe: MediaProbe } & AsyncDisposable> {
  await using opening = new AsyncDisposableStack()
  const probe = new FfmpegProbe(config.ffmpeg)
  const files = opening.use(
    await VideoFiles.open({
      root: path.join(config.dataDir, 'videos'),
      posters: path.join(config.dataDir, 'posters'),
      isServed: isVideoPath,
      addressOf: (place) =>
        `/api/stream/?${config.streamDefaultVideoPathUrlVar}=${encodeURIComponent(place)}`,
      store: new SqlVideoStore(database),
      probe,
      clock,
      logger,
    }),
  )
  const folder = path.join(config.dataDir, 'uploads')
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY })
  const uploads = new Uploads({
    target: files,
    folder,
    maxSize: () => config.maxUploadMb * MIB,
    basePath: config.publicUrl ? new URL(config.publicUrl).pathname.replace(/\/$/, '') : '',
  })
  opening.defer(removeLeftoversOf(uploads, { clock, logger }))
  const open = opening.move()
  return {
    library: new Library([files]),
    uploads,
    probe,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** Its routes. */
export async function installLibrary(
  fastify: FastifyInstance,
  { library, uploads, probe }: LibraryDoors,
  { config, rights }: { config: Config; rights: LibraryRights },
): Promise<void> {
  const hasPosters = () => probe.available()
  const maxUpload = () => config.maxUploadMb * MIB
  await fastify.register(libraryPlugin, { library, rights, hasPosters, maxUpload })
  await fastify.register(uploadsPlugin, { uploads, rights })
}

/** Now and every hour; the returned function ends it. */
function removeLeftoversOf(
  uploads: Uploads,
  { clock, logger }: { clock: Clock; logger: Logger },
): () => void {
  let cancel = () => {}
  function remove(): void {
    uploads
      .removeLeftovers(clock.now(), 24 * HOUR)
      .catch((error: unknown) => logger.warn({ error }, 'old uploads not removed'))
    cancel = clock.after(HOUR, remove)
  }
  remove()
  return () => cancel()
}
