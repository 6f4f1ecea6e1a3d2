import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Access } from '../core/access.ts'
import type { Broadcasts } from '../core/broadcasts.ts'
import type { Feeds } from '../core/feeds.ts'
import type { GuessLimit } from '../core/guess-limit.ts'
import type { MediaProbe } from '../core/media-probe.ts'
import type { Clock, Logger } from '../core/ports.ts'
import type { Secrets } from '../core/secrets.ts'
import { FfmpegFrameEncoder } from '../platform/ffmpeg/ffmpeg-frame-encoder.ts'
import type { WorkerPool } from '../platform/workers/worker-pool.ts'
import { EncodedFrames } from '../protocols/frames/encoded-frames.ts'
import { FrameRooms } from '../protocols/frames/frame-rooms.ts'
import { framesPlugin } from '../protocols/frames/frames-plugin.ts'
import { FramesRoute, type StateSource } from '../protocols/frames/frames-route.ts'
import type { Config } from './config/schema.ts'

type Parts = {
  config: Config
  broadcasts: Broadcasts
  feeds: Feeds
  pool: Pick<WorkerPool, 'publishHere'>
  clock: Clock
  logger: Logger
  probe: Pick<MediaProbe, 'available'>
}

/** Rooms for frames; encoded for the other doors where there is ffmpeg. */
export async function openFrames(parts: Parts): Promise<Disposable & { readonly rooms: FrameRooms }> {
  const { config, pool, probe, logger } = parts
  const rooms = new FrameRooms(parts)
  const limit = config.framesEncodedMax
  const canEncode = limit > 0 && (await probe.available())
  if (limit > 0 && !canEncode) logger.info({}, 'without ffmpeg, JPEG frames are watched as frames only')
  const encoded = canEncode
    ? new EncodedFrames({
        ...{ ...parts, rooms, limit },
        encoder: new FfmpegFrameEncoder(config.ffmpeg),
        publishHere: (broadcastId) => pool.publishHere(broadcastId),
      })
    : undefined
  return {
    rooms,
    [Symbol.dispose]() {
      encoded?.close()
      rooms.close()
    },
  }
}

export type FrameNeeds = {
  access: Pick<Access, 'publishAccess' | 'watchAccess'>
  guesses: GuessLimit
  announcer: StateSource
  secrets: Secrets
  clock: Clock
  logger: Logger
  addressOf: (request: IncomingMessage) => string
}

/** Its routes; what is returned takes the WebSockets. */
export async function installFrames(
  fastify: FastifyInstance,
  rooms: FrameRooms,
  { access, ...needs }: FrameNeeds,
): Promise<FramesRoute> {
  const { publishAccess, watchAccess } = access
  await fastify.register(framesPlugin, { ...needs, rooms, watchAccess })
  return new FramesRoute({ ...needs, rooms, publishAccess, watchAccess })
}
