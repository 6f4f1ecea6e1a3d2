import { setTimeout as sleep } from 'node:timers/promises'
import { Emitter } from '../../core/emitter.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { MediaHost, MediaHostEvents, MediaHosts } from '../../core/media-host.ts'
import type { Logger } from '../../core/ports.ts'
import { PlacedHost } from './placed-host.ts'
import { RelaySwitch } from './relay-switch.ts'
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
  heartbeatTimeout?: number
  callTimeout?: number
}

const RESTART_PAUSE = { first: 250, longest: 5000 }
/** A worker that lived this long was not the victim of a crash loop. */
const STABLE_AFTER = 60_000

/** The media workers of this node: starts them, places sessions on them, replaces those that are lost. */
export class WorkerPool implements MediaHosts {
  readonly #options: WorkerPoolOptions
  readonly #events: Emitter<MediaHostEvents>
  readonly #hosts: (PlacedHost | undefined)[] = []
  readonly #relay = new RelaySwitch()
  #routing: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  /** Resolves once every worker runs; rejects when one does not come up. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options)
    try {
      await Promise.all(Array.from({ length: options.workers }, (_, index) => pool.#startWorker(index)))
    } catch (error) {
      await pool[Symbol.asyncDispose]()
      throw error
    }
    return pool
  }

  private constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.#events = new Emitter((error) => options.logger.error({ error }, 'media host listener failed'))
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

  /** What each worker said of its last second. */
  stats(): readonly (WorkerStats & {
    readonly id: string
    readonly pid: number
    readonly sessions: number
  })[] {
    return this.#running().flatMap((host) =>
      host.worker.stats
        ? [{ ...host.worker.stats, id: host.id, pid: host.worker.pid, sessions: host.load }]
        : [],
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= Promise.all(this.#running().map(({ worker }) => worker.stop())).then(() => undefined)
    return this.#closing
  }

  #running(): PlacedHost[] {
    return this.#hosts.filter((host) => host !== undefined)
  }

  #leastLoaded(): PlacedHost {
    const [first, ...others] = this.#running()
    if (!first)
      throw new BroadcastError('overloaded', 'no media worker runs at the moment', { retryAfter: 1 })
    return others.reduce((least, host) => (host.load < least.load ? host : least), first)
  }

  async #startWorker(index: number): Promise<void> {
    const { entry, env, logger, heartbeatTimeout = 5000, callTimeout = 8000 } = this.#options
    const id = `worker-${index}`
    const frames: { from: WorkerProcess | undefined } = { from: undefined }
    const worker = await WorkerProcess.start({
      id,
      entry,
      env: env(index),
      heartbeatTimeout,
      callTimeout,
      logger,
      onFrame: (frame) => frames.from && this.#relay.onFrame(frames.from, frame),
    })
    frames.from = worker
    const host = new PlacedHost({
      worker,
      events: this.#events,
      onPlacesChanged: (broadcastId) => this.#route(broadcastId),
    })
    this.#hosts[index] = host
    logger.info({ host: id, pid: worker.pid }, 'media worker runs')
    const startedAt = performance.now()
    void worker.exited.then(() => this.#lost(index, host, performance.now() - startedAt))
  }

  #lost(index: number, host: PlacedHost, lived: number): void {
    this.#hosts[index] = undefined
    if (!this.#closing)
      this.#options.logger.error({ host: host.id, sessions: host.load }, 'media worker lost')
    host.lost()
    if (!this.#closing) void this.#restart(index, lived < STABLE_AFTER ? RESTART_PAUSE.first : 0)
  }

  async #restart(index: number, pause: number): Promise<void> {
    await sleep(pause, undefined, { ref: false })
    if (this.#closing) return
    try {
      await this.#startWorker(index)
    } catch (error) {
      this.#options.logger.error({ error, host: `worker-${index}` }, 'media worker does not start')
      await this.#restart(index, Math.min(Math.max(pause, RESTART_PAUSE.first) * 2, RESTART_PAUSE.longest))
    }
  }

  /** One change of routes after the other; a worker that fails meanwhile is noticed by its own end. */
  #route(broadcastId: string): Promise<void> {
    this.#routing = this.#routing
      .then(() => {
        const hosts = this.#running()
        const origin = hosts.find((host) => host.publishes(broadcastId))
        const targets = hosts.filter((host) => host !== origin && host.isWatching(broadcastId))
        return this.#relay.route(broadcastId, origin?.worker, new Set(targets.map(({ worker }) => worker)))
      })
      .catch((error: unknown) =>
        this.#options.logger.warn({ error, broadcast: broadcastId }, 'relay not set up'),
      )
    return this.#routing
  }
}
