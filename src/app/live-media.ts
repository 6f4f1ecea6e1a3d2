import type { Broadcasts } from '../core/broadcasts.ts'
import type { Feeds } from '../core/feeds.ts'
import { LivePackages } from '../core/packaging/live-packages.ts'
import type { Clock, Logger } from '../core/ports.ts'
import type { WorkerPool } from '../platform/workers/worker-pool.ts'
import { HlsStreams } from '../protocols/hls/hls-streams.ts'
import type { Config } from './config/schema.ts'
import type { OpenRecorder } from './recordings.ts'

type Parts = {
  broadcasts: Broadcasts
  feeds: Feeds
  pool: Pick<WorkerPool, 'bring'>
  clock: Clock
  logger: Logger
  recorder: Pick<OpenRecorder, 'consumer' | 'archiveOf'>
}

/** Seconds. A segment begins with the first key frame after this time, and no later than the target. */
const SEGMENT_DURATION = 2
const TARGET_DURATION = 4

/** Packaging of everything that is live, and HLS, which shows it. */
export class LiveMedia implements Disposable {
  readonly hls: HlsStreams
  readonly #packages: LivePackages

  constructor(config: Config, { broadcasts, feeds, pool, clock, logger, recorder }: Parts) {
    this.hls = new HlsStreams({
      clock,
      targetDuration: TARGET_DURATION,
      get window() {
        return config.hlsWindowSeconds || Infinity
      },
    })
    this.#packages = new LivePackages({
      ...{ broadcasts, feeds, clock, logger },
      bring: (broadcastId) => pool.bring(broadcastId),
      partTarget: config.hlsPartMilliseconds / 1000,
      segmentDuration: SEGMENT_DURATION,
      targetDuration: TARGET_DURATION,
      consumers: [
        recorder.consumer, // first: HLS reads what it wrote
        (broadcast) => this.hls.begin(broadcast, recorder.archiveOf(broadcast.id)),
      ],
    })
  }

  [Symbol.dispose](): void {
    this.#packages.close()
  }
}
