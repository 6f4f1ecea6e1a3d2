import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Logger } from '../../core/ports.ts'
import { RelayLink } from './relay-link.ts'
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
  onFrame: (frame: Buffer) => void
}

const PING_EVERY = 1000
const READY_WITHIN = 10_000
const LEAVE_WITHIN = 5000

/** One running worker: what it is asked, whether it still answers, when it is gone. */
export class WorkerProcess {
  readonly host: RemoteMediaHost
  readonly link: RelayLink
  /** Settles when the process is gone. Never rejects. */
  readonly exited: Promise<void>
  stats: WorkerStats | undefined
  readonly #child: ChildProcess
  readonly #logger: Logger
  readonly #heartbeat: NodeJS.Timeout
  #heardAt = performance.now()

  /** Rejects when the worker does not come up. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options)
    const ready = Promise.withResolvers<boolean>()
    worker.#child.on('message', (message: FromWorker) => message.kind === 'ready' && ready.resolve(true))
    const tooLong = setTimeout(() => ready.resolve(false), READY_WITHIN)
    void worker.exited.then(() => ready.resolve(false))
    const isReady = await ready.promise
    clearTimeout(tooLong)
    if (isReady) return worker
    worker.kill()
    throw new Error(`media worker ${options.id} did not start; its own message says why`)
  }

  private constructor({
    id,
    entry,
    env,
    heartbeatTimeout,
    callTimeout,
    logger,
    onFrame,
  }: WorkerProcessOptions) {
    this.#logger = logger
    this.#child = fork(entry, [], {
      env: { ...process.env, ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    })
    this.exited = once(this.#child, 'exit').then(
      () => undefined,
      () => undefined,
    )
    this.#child.on('error', (error) => logger.error({ error, host: id }, 'media worker failed'))
    this.link = new RelayLink(this.#child.stdio[4] as Duplex, onFrame, (error) =>
      logger.debug({ error, host: id }, 'relay pipe'),
    )
    this.host = new RemoteMediaHost({
      id,
      callTimeout,
      logger,
      port: {
        send: (message) => this.#send(message),
        onMessage: (listener) => this.#child.on('message', listener),
      },
    })
    this.#child.on('message', (message: FromWorker) => {
      this.#heardAt = performance.now()
      if (message.kind === 'pong') this.stats = message.stats
    })
    this.#heartbeat = setInterval(() => {
      this.#send({ kind: 'ping' })
      if (performance.now() - this.#heardAt < heartbeatTimeout) return
      logger.error({ host: id, pid: this.#child.pid }, 'media worker hangs and is ended')
      this.kill()
    }, PING_EVERY).unref()
    void this.exited.then(() => {
      clearInterval(this.#heartbeat)
      this.host.lost()
      this.link.close()
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
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

  #send(message: ToWorker): void {
    if (!this.#child.connected) return
    this.#child.send(message, (error) => {
      if (error) this.#logger.debug({ error }, 'message to media worker not sent')
    })
  }
}
