import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import pino from 'pino'
import { BroadcastRights } from '../core/broadcast-rights.ts'
import { Broadcasts } from '../core/broadcasts.ts'
import { GuessLimit } from '../core/guess-limit.ts'
import { PublishAccess } from '../core/publish-access.ts'
import { WatchAccess } from '../core/watch-access.ts'
import { openDatabase } from '../platform/database/open-database.ts'
import { SqlBroadcastStore } from '../platform/database/sql-broadcast-store.ts'
import { NodeSecrets } from '../platform/node-secrets.ts'
import { systemClock } from '../platform/system-clock.ts'
import { WorkerPool } from '../platform/workers/worker-pool.ts'
import { validation } from '../protocols/validation.ts'
import { Sessions } from '../protocols/webrtc/sessions.ts'
import { StateAnnouncer } from '../protocols/webrtc/state-announcer.ts'
import type { Config } from './config/schema.ts'
import { assertLoopback } from './http/open-mode.ts'
import type { MediaWorkerSettings } from './media-worker-settings.ts'
import { installRoutes } from './http/routes.ts'

export type ServerOptions = {
  config: Config
  /** No accounts, this machine only. */
  open: boolean
  version: string
}

const CLOSE_IDLE_AFTER = 5000
const REQUEST_TIMEOUT = 10_000

/** Everything, wired together: one server, its database and its media workers. */
export class KliegServer implements AsyncDisposable {
  /** Where people open it. */
  readonly url: string
  readonly #stop: () => Promise<void>
  #stopping: Promise<void> | undefined

  /** Resolves once it listens. If any step fails, what was already started is shut down again. */
  static async start({ config, open, version }: ServerOptions): Promise<KliegServer> {
    if (open) assertLoopback(config.host)
    await using starting = new AsyncDisposableStack()
    const logger: FastifyBaseLogger = pino({
      level: config.logLevel,
      redact: ['req.headers.authorization', 'req.headers.cookie'],
    })
    const state = { ready: false }

    mkdirSync(config.dataDir, { recursive: true })
    const database = await openDatabase(path.join(config.dataDir, 'klieg.sqlite'))
    starting.defer(() => database.destroy())
    const clock = systemClock
    const secrets = new NodeSecrets()
    const broadcasts = await Broadcasts.open({
      store: new SqlBroadcastStore(database),
      secrets,
      clock,
      logger,
      reconnectGrace: config.reconnectSeconds * 1000,
    })
    starting.defer(() => broadcasts.close())
    const pool = starting.use(await startPool(config, logger))
    const sessions = starting.use(new Sessions({ broadcasts, hosts: pool, secrets, logger }))
    const announcer = new StateAnnouncer({ broadcasts, clock })

    const fastify = Fastify({
      loggerInstance: logger,
      logController: new LogController({ disableRequestLogging: true }),
      trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
      ajv: validation,
      requestTimeout: REQUEST_TIMEOUT,
      connectionTimeout: 0,
      keepAliveTimeout: CLOSE_IDLE_AFTER,
      forceCloseConnections: true,
      routerOptions: { ignoreTrailingSlash: true },
      http: { headersTimeout: REQUEST_TIMEOUT, connectionsCheckingInterval: 2000 },
    })
    starting.defer(() => fastify.close())
    const routes = await installRoutes(fastify, {
      config,
      open,
      version,
      logger,
      clock,
      secrets,
      broadcasts,
      sessions,
      announcer,
      pool,
      publishAccess: new PublishAccess({ broadcasts, open }),
      watchAccess: new WatchAccess({ broadcasts, mayWatch: () => open }),
      rights: new BroadcastRights({ broadcasts, open }),
      guesses: new GuessLimit({ clock, ...(open && { limit: Infinity }) }),
      isReady: () => state.ready,
    })
    starting.defer(() => routes.close())
    await fastify.listen({ host: config.host, port: config.port })
    state.ready = true
    starting.defer(() => {
      state.ready = false
    })

    const running = starting.move()
    const { port } = fastify.server.address() as AddressInfo
    const url =
      config.publicUrl || `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
    logger.info({ url, open, workers: config.workers }, 'server listens')
    return new KliegServer(url, () => running.disposeAsync())
  }

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url
    this.#stop = stop
  }

  /** Viewers and publishers are told, files and processes closed. Any number of times. */
  close(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function startPool(config: Config, logger: FastifyBaseLogger): Promise<WorkerPool> {
  return WorkerPool.start({
    workers: config.workers,
    entry: new URL(`./media-worker${path.extname(import.meta.filename)}`, import.meta.url),
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
      }
      return { KLIEG_MEDIA_WORKER: JSON.stringify(settings) }
    },
  })
}
