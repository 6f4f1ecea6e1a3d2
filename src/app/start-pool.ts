import path from 'node:path'
import type { Feeds } from '../core/feeds.ts'
import type { Clock, Logger } from '../core/ports.ts'
import { WorkerPool } from '../platform/workers/worker-pool.ts'
import type { Config } from './config/schema.ts'
import type { MediaWorkerSettings } from './media-worker-settings.ts'

/** The media workers of a server with these settings. Rejects when one does not come up. */
export function startPool(
  config: Config,
  { feeds, clock, logger }: { feeds: Feeds; clock: Clock; logger: Logger },
): Promise<WorkerPool> {
  return WorkerPool.start({
    workers: config.workers,
    entry: new URL(`./media-worker${path.extname(import.meta.filename)}`, import.meta.url),
    feeds,
    clock,
    logger,
    env: (index) => {
      const settings: MediaWorkerSettings = {
        id: `worker-${index}`,
        host: config.iceHost || config.host,
        port: config.icePort + index,
        addresses: config.iceAddresses,
        maxBitrate: config.maxBitrate,
        firstFrame: config.firstFrame === 'key-frame' ? 'key-frame' : 'group',
        logLevel: config.logLevel,
        logFormat: config.logFormat,
      }
      return { KLIEG_MEDIA_WORKER: JSON.stringify(settings) }
    },
  })
}
