import { setTimeout as sleep } from 'node:timers/promises'
import { Emitter } from '../../core/emitter.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { MediaHost, MediaHostEvents, MediaHosts } from '../../core/media-host.ts'
import type { Feeds } from '../../core/feeds.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import { MainEndpoint } from './main-endpoint.ts'
import { PlacedHost } from './placed-host.ts'
import { type RelayEndpoint, RelaySwitch } from './relay-switch.ts'
import type { WorkerStats } from './worker-messages.ts'
import { WorkerProcess } from './worker-process.ts'

export type WorkerPoolOptions = {
  /** How many processes. */
  workers: number
  /** Module that each runs. */
  entry: string | URL
  /** Environment of the worker with this number. */
  env: (index: number) => Readonly<Record<string, string>>
  logger: Logger
  /** Feeds of the main process, which `bring` fills. */
  feeds: Feeds
  clock: Pick<Clock, 'monotonic'>
  /** Milliseconds without an answer after which a worker counts as hung. */
  heartbeatTimeout?: number
  /** Milliseconds until a call to a worker counts as failed. */
  callTimeout?: number
}

/** Milliseconds. */
const RESTART_PAUSE = { shortest: 250, longest: 5000 }
/** A worker that lived this long was not the victim of a crash loop. */
const STABLE_AFTER = 60_000

/** The media workers of this node: starts them, places sessions on them, replaces those that are lost. */
export class WorkerPool implements MediaHosts {
  readonly #options: WorkerPoolOptions
  readonly #events: Emitter<MediaHostEvents>
  readonly #hosts: (PlacedHost | undefined)[] = []
  readonly #starting = new Set<Promise<unknown>>()
  readonly #relay: RelaySwitch
  readonly #main: MainEndpoint
  readonly #brought = new Set<string>()
  readonly #publishedHere = new Set<string>()
  readonly #stop = new AbortController()
  #closing: Promise<void> | undefined

  /** Resolves once every worker runs; rejects when one does not come up. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options)
    try {
      await Promise.all(Array.from({ length: options.workers }, (_, index) => pool.#startWorker(index, 0)))
    } catch (error) {
      await pool[Symbol.asyncDispose]()
      throw error
    }
    return pool
  }

  private constructor(options: WorkerPoolOptions) {
    const { logger } = options
    this.#options = options
    this.#events = new Emitter((error) => logger.error({ error }, 'media host listener failed'))
    this.#relay = new RelaySwitch(logger)
    this.#main = new MainEndpoint({
      feeds: options.feeds,
      clock: options.clock,
      onFrame: (from, frame) => this.#relay.onFrame(from, frame),
    })
  }

  on<Name extends keyof MediaHostEvents>(
    name: Name,
    listener: (fact: MediaHostEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  forPublisher(): MediaHost {
    return this.#leastLoaded()
  }

  forViewer(): MediaHost {
    return this.#leastLoaded()
  }

  /** The broadcast's media comes into the main process's feed whenever it has a publisher, until the returned function is called. */
  bring(broadcastId: string): () => void {
    this.#brought.add(broadcastId)
    this.#route(broadcastId)
    return () => {
      this.#brought.delete(broadcastId)
      this.#route(broadcastId)
    }
  }

  /** The broadcast's media comes from the main process's feed, until the returned function is called. */
  publishHere(broadcastId: string): () => void {
    this.#publishedHere.add(broadcastId)
    this.#route(broadcastId)
    return () => {
      this.#publishedHere.delete(broadcastId)
      this.#route(broadcastId)
    }
  }

  /** What each worker said of its last second. */
  stats(): readonly (WorkerStats & {
    readonly id: string
    readonly pid: number
    readonly sessions: number
  })[] {
    return this.#running().flatMap(({ id, worker, load }) =>
      worker.stats ? [{ ...worker.stats, id, pid: worker.pid, sessions: load }] : [],
    )
  }

  /** Of all workers from now on; later ones are told in their environment. */
  setLogLevel(level: string): void {
    for (const { worker } of this.#running()) worker.setLogLevel(level)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled(this.#starting)
    await Promise.all(this.#running().map(({ worker }) => worker.stop()))
  }

  #running(): PlacedHost[] {
    return this.#hosts.filter((host) => host !== undefined)
  }

  #leastLoaded(): PlacedHost {
    const [first, ...others] = this.#running()
    if (!first || this.#closing)
      throw new BroadcastError('overloaded', 'no media worker runs at the moment', { retryAfter: 1 })
    return others.reduce((least, host) => (host.load < least.load ? host : least), first)
  }

  /** `pause` is how long its predecessor, if any, was waited for. */
  #startWorker(index: number, pause: number): Promise<void> {
    const { entry, env, logger, heartbeatTimeout = 5000, callTimeout = 8000 } = this.#options
    const starting = WorkerProcess.start({
      id: `worker-${index}`,
      entry,
      env: env(index),
      heartbeatTimeout,
      callTimeout,
      logger,
      onFrame: (from, frame) => this.#relay.onFrame(from, frame),
    }).then((worker) => this.#place(index, worker, pause))
    this.#starting.add(starting)
    return starting.finally(() => this.#starting.delete(starting))
  }

  #place(index: number, worker: WorkerProcess, pause: number): void {
    const { logger } = this.#options
    const host = new PlacedHost({
      worker,
      events: this.#events,
      onPlacesChanged: (broadcastId) => this.#route(broadcastId),
    })
    this.#hosts[index] = host
    logger.info({ host: worker.id, pid: worker.pid }, 'media worker runs')
    const startedAt = performance.now()
    void worker.exited.then(() => {
      this.#hosts[index] = undefined
      host.lost(this.#closing ? 'shutdown' : 'failed')
      if (this.#closing) return
      logger.error({ host: worker.id, pid: worker.pid }, 'media worker lost')
      const isStable = performance.now() - startedAt > STABLE_AFTER
      void this.#restart(index, isStable ? 0 : longerThan(pause))
    })
  }

  async #restart(index: number, pause: number): Promise<void> {
    const { logger } = this.#options
    try {
      await sleep(pause, undefined, { ref: false, signal: this.#stop.signal })
    } catch {
      return // the pool stops
    }
    try {
      await this.#startWorker(index, pause)
    } catch (error) {
      logger.error({ error, host: `worker-${index}` }, 'media worker does not start')
      await this.#restart(index, longerThan(pause))
    }
  }

  #route(broadcastId: string): void {
    const hosts = this.#running()
    const origin: RelayEndpoint | undefined = this.#publishedHere.has(broadcastId)
      ? this.#main
      : hosts.find((host) => host.publishes(broadcastId))?.worker
    const targets = new Set<RelayEndpoint>()
    for (const host of hosts)
      if (host.worker !== origin && host.isWatching(broadcastId)) targets.add(host.worker)
    if (this.#brought.has(broadcastId) && origin !== this.#main) targets.add(this.#main)
    void this.#relay.route(broadcastId, origin, targets)
  }
}

function longerThan(pause: number): number {
  return Math.min(Math.max(2 * pause, RESTART_PAUSE.shortest), RESTART_PAUSE.longest)
}
