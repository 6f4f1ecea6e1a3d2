import { type ChildProcess, fork } from 'node:child_process'
import type { Duplex } from 'node:stream'
import type { Logger } from '../../core/ports.ts'
import { RelayLink } from './relay-link.ts'
import type { RelayEndpoint } from './relay-switch.ts'
import { RemoteMediaHost } from './remote-media-host.ts'
import type { FromWorker, ToWorker, WorkerStats } from './worker-messages.ts'

export type WorkerProcessOptions = {
  id: string
  /** Module that the worker runs. */
  entry: string | URL
  /** Passed in its environment. */
  env: Readonly<Record<string, string>>
  /** Milliseconds without an answer after which it counts as hung. */
  heartbeatTimeout: number
  callTimeout: number
  logger: Logger
  onFrame: (from: WorkerProcess, frame: Buffer) => void
}

const PING_EVERY = 1000
const READY_WITHIN = 15_000
const LEAVE_WITHIN = 5000

/** One running worker: what it is asked, whether it still answers, when it is gone. */
export class WorkerProcess implements RelayEndpoint {
  readonly id: string
  readonly host: RemoteMediaHost
  /** Settles when the process is gone. Never rejects. */
  readonly exited: Promise<void>
  readonly #child: ChildProcess
  readonly #link: RelayLink
  readonly #logger: Logger
  readonly #heartbeat: NodeJS.Timeout
  #stats: WorkerStats | undefined
  #unanswered = 0

  /** Rejects, with the worker's own reason where it gave one, when it does not come up. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options)
    const { id } = options
    let fault = 'it left without a word'
    const ready = Promise.withResolvers<boolean>()
    const tooLong = setTimeout(() => {
      fault = `it was not ready within ${READY_WITHIN / 1000} s`
      ready.resolve(false)
    }, READY_WITHIN)
    worker.#child.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') ready.resolve(true)
      if (message.kind !== 'unable') return
      fault = message.message
      ready.resolve(false)
    })
    void worker.exited.then(() => ready.resolve(false))
    const isReady = await ready.promise
    clearTimeout(tooLong)
    if (isReady) return worker
    worker.kill()
    await worker.exited
    throw new Error(`media worker ${id} did not start: ${fault}`)
  }

  private constructor(options: WorkerProcessOptions) {
    const { id, entry, env, heartbeatTimeout, callTimeout, logger, onFrame } = options
    this.id = id
    this.#logger = logger
    const child = fork(entry, [], {
      env: { ...process.env, ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    })
    this.#child = child
    this.exited = new Promise((resolve) => {
      child.on('exit', () => resolve())
      child.on('error', (error) => {
        logger.error({ error, host: id }, 'media worker failed')
        if (child.pid === undefined) resolve() // it never was
      })
    })
    this.#link = new RelayLink({
      stream: child.stdio[4] as Duplex,
      onFrame: (frame) => onFrame(this, frame),
      onError: (error) => logger.debug({ error, host: id }, 'relay pipe'),
    })
    this.host = new RemoteMediaHost({
      id,
      callTimeout,
      logger,
      port: {
        send: (message) => this.#send(message),
        onMessage: (listener) => child.on('message', listener),
      },
    })
    child.on('message', (message: FromWorker) => {
      this.#unanswered = 0
      if (message.kind === 'pong') this.#stats = message.stats
    })
    this.#heartbeat = this.#watch(heartbeatTimeout)
    void this.exited.then(() => {
      clearInterval(this.#heartbeat)
      this.host.lost()
      this.#link.close()
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** What it said of its last second, and what the relay could not bring to it; undefined until it said anything. */
  get stats(): WorkerStats | undefined {
    return this.#stats && { ...this.#stats, relayDropped: this.#stats.relayDropped + this.#link.dropped }
  }

  async importFeed(broadcastId: string, channel: number): Promise<void> {
    await this.host.call('importFeed', broadcastId, channel)
  }

  async exportFeed(broadcastId: string, channel: number): Promise<void> {
    await this.host.call('exportFeed', broadcastId, channel)
  }

  async stopExport(channel: number): Promise<void> {
    await this.host.call('stopExport', channel)
  }

  deliver(frame: Buffer): void {
    this.#link.pass(frame)
  }

  /** More, or less, of what it does is logged from now on. */
  setLogLevel(level: string): void {
    this.#send({ kind: 'log-level', level })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Lets it close its sessions, then makes sure that it is gone. */
  async stop(): Promise<void> {
    this.#send({ kind: 'shutdown' })
    const tooLong = setTimeout(() => this.kill(), LEAVE_WITHIN)
    await this.exited
    clearTimeout(tooLong)
  }

  /** Counts pings rather than time: when this process itself was held up, no worker is to blame. */
  #watch(heartbeatTimeout: number): NodeJS.Timeout {
    const every = Math.min(PING_EVERY, heartbeatTimeout / 2)
    return setInterval(() => {
      if (this.#unanswered * every >= heartbeatTimeout) {
        this.#logger.error({ host: this.id, pid: this.pid }, 'media worker hangs and is ended')
        this.kill()
        return
      }
      this.#unanswered++
      this.#send({ kind: 'ping' })
    }, every).unref()
  }

  #send(message: ToWorker): void {
    if (!this.#child.connected) return
    this.#child.send(message, (error) => {
      if (error) this.#logger.debug({ error, host: this.id }, 'message to media worker not sent')
    })
  }
}
