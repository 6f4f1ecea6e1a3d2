import { Feeds } from '../../src/core/feeds.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { WorkerPool, type WorkerPoolOptions } from '../../src/platform/workers/worker-pool.ts'
import { FakeLogger } from './fake-logger.ts'

/** A pool of real processes, each of them a scripted worker. */
export function startScriptedPool(options: Partial<WorkerPoolOptions> = {}): Promise<WorkerPool> {
  return WorkerPool.start({
    workers: 1,
    entry: new URL('./scripted-worker.ts', import.meta.url),
    env: (index) => ({ SCRIPTED_WORKER: JSON.stringify({ id: `worker-${index}` }) }),
    logger: new FakeLogger(),
    feeds: new Feeds(),
    clock: systemClock,
    heartbeatTimeout: 1000,
    ...options,
  })
}
