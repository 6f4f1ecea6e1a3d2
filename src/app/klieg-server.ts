import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import process from 'node:process'
import Fastify, { LogController } from 'fastify'
import { openAccess } from '../core/access.ts'
import { Broadcasts } from '../core/broadcasts.ts'
import { Feeds } from '../core/feeds.ts'
import { GuessLimit } from '../core/guess-limit.ts'
import type { Logger } from '../core/ports.ts'
import { DatabaseHealth } from '../platform/database/database-health.ts'
import { announceBroadcasts } from '../core/webhooks/webhook-events.ts'
import { openDatabase } from '../platform/database/open-database.ts'
import { SqlBroadcastStore } from '../platform/database/sql-broadcast-store.ts'
import { SqlSettingStore } from '../platform/database/sql-setting-store.ts'
import { SqlShareStore } from '../platform/database/sql-share-store.ts'
import { JoseViewerTokens } from '../platform/jose-viewer-tokens.ts'
import { NodeSecrets } from '../platform/node-secrets.ts'
import { SealedText } from '../platform/sealed-text.ts'
import { secretIn } from '../platform/secret-file.ts'
import { systemClock } from '../platform/system-clock.ts'
import { linkTo } from '../protocols/accounts/link-to.ts'
import { UPLOADS_PATH } from '../protocols/library/uploads.ts'
import { validation } from '../protocols/validation.ts'
import { Sessions } from '../protocols/webrtc/sessions.ts'
import { StateAnnouncer } from '../protocols/webrtc/state-announcer.ts'
import { LiveSettings } from './config/live-settings.ts'
import type { Config } from './config/schema.ts'
import { openAccounts } from './accounts.ts'
import { openAdmin } from './admin.ts'
import { databasePlace } from './database-place.ts'
import { openChat } from './chat.ts'
import { openFrames } from './frames.ts'
import { type Authenticate, HostAuthentication } from './host-authentication.ts'
import { installBodyDeadline } from './http/body-deadline.ts'
import { assertLoopback } from './http/open-mode.ts'
import { refuseAddress } from './http/refused-address.ts'
import { installRoutes } from './http/routes.ts'
import { TrustedProxies } from './http/trusted-proxies.ts'
import { openLibrary } from './library.ts'
import { LiveMedia } from './live-media.ts'
import { openLogger } from './logger.ts'
import { placeOf } from './place-of.ts'
import { openProvision } from './provision.ts'
import { openRecorder, openRecordings } from './recordings.ts'
import { startPool } from './start-pool.ts'
import { openAuditLog } from './audit-log.ts'
import { openWatchLog } from './watch-log.ts'
import { announcedViewings, openAuthorisationHook, openWebhooks } from './webhooks.ts'

export type ServerOptions = {
  config: Config
  /** No accounts, this machine only. */
  open: boolean
  version: string
  /** Whose users these are: an application's, and then none of our accounts exist. Not together with `open`. */
  authenticate?: Authenticate | undefined
}

const CLOSE_IDLE_AFTER = 5000
const REQUEST_TIMEOUT = 10_000
/** A database that starts beside the server may take a while. */
const WAIT_FOR_DATABASE = 30_000
const OWNER_ONLY = 0o700

/** Everything, wired together: one server, its database and its media workers. */
export class KliegServer implements AsyncDisposable {
  /** Where people open it. */
  readonly url: string
  /** Makes the first administrator, once; undefined where there is one, or where nobody has an account. */
  readonly setupLink: string | undefined
  /**
   * For the application that embeds the server: a user has lost what they had. Whatever they watch privately or publish
   * ends within seconds; the next request is asked about again.
   */
  readonly revoke: (userId: string) => void
  readonly #stop: () => Promise<void>
  #stopping: Promise<void> | undefined

  /** Resolves once it listens. If any step fails, what was already started is shut down again. */
  static async start({ config: given, open, version, authenticate }: ServerOptions): Promise<KliegServer> {
    if (open && authenticate)
      throw new TypeError('a server that is open to everybody asks nobody who they are')
    if (open) assertLoopback(given)
    await using starting = new AsyncDisposableStack()
    const logger = openLogger(given)
    const settings = new LiveSettings({ config: given, environment: process.env, logger })
    const { config } = settings
    const state = { ready: false }

    const clock = systemClock
    const feeds = new Feeds()
    const workers = startPool(config, { feeds, clock, logger }) // the longest part: the rest is done meanwhile
    starting.defer(() =>
      workers.then(
        (pool) => pool[Symbol.asyncDispose](),
        () => undefined, // reported where it is awaited
      ),
    )
    mkdirSync(config.dataDir, { recursive: true, mode: OWNER_ONLY })
    const secret = config.secret || secretIn(path.join(config.dataDir, 'secret'))
    const health = new DatabaseHealth({ clock, logger })
    const database = await openDatabase(databasePlace(config), {
      logger,
      health,
      connections: config.databaseConnections,
      patience: WAIT_FOR_DATABASE,
    })
    starting.defer(() => database.destroy())
    await settings.load(new SqlSettingStore(database))
    const secrets = new NodeSecrets()
    const audit = starting.use(openAuditLog({ config, database, secrets, clock, logger }))
    const webhooks = starting.use(
      await openWebhooks({ config, database, secret, version, secrets, clock, logger, audit }),
    )
    const recorder = starting.use(await openRecorder({ config, database, secrets, clock, logger, webhooks }))
    const broadcasts = await Broadcasts.open({
      store: new SqlBroadcastStore(database),
      secrets,
      clock,
      logger,
      ...perBroadcast(config),
    })
    starting.defer(() => broadcasts.close())
    logFacts(broadcasts, logger)
    announceBroadcasts(broadcasts, clock, (event) => webhooks.announce(event))
    const watchLog = starting.use(
      await openWatchLog(config, database, {
        ...{ broadcasts, secrets, clock, logger },
        written: announcedViewings(webhooks, clock),
      }),
    )
    const chats = starting.use(openChat(database, { broadcasts, secrets, clock, logger }))
    const library = starting.use(await openLibrary({ config, database, clock, logger }))
    const recordings = starting.use(
      openRecordings(recorder, { config, clock, logger, broadcasts, ...library }),
    )
    const host = authenticate && new HostAuthentication(authenticate, logger)
    const accounts =
      open || host
        ? undefined
        : starting.use(openAccounts({ config, database, secret, secrets, clock, logger }))
    const access = openAccess({
      ...{ open, broadcasts, secrets, clock, logger },
      authentication: host ?? accounts?.people.authentication,
      isWatching: (id, session) => watchLog.viewings.isWatching(id, session),
      hook: openAuthorisationHook({ config, version, clock, logger }),
      store: new SqlShareStore(database),
      tokens: new JoseViewerTokens(secret),
      seal: new SealedText(secret),
    })
    starting.defer(() => access.close())
    const provision = starting.use(
      await openProvision({ config, database, broadcasts, secrets, clock, logger }),
    )
    const proxies = new TrustedProxies(config.trustProxy)
    const pool = await workers
    const sessions = starting.use(new Sessions({ broadcasts, hosts: pool, secrets, logger }))
    const announcer = new StateAnnouncer({ broadcasts, clock })
    const media = starting.use(new LiveMedia(config, { broadcasts, feeds, pool, clock, logger, recorder }))

    const frames = starting.use(
      await openFrames({ config, broadcasts, feeds, pool, clock, logger, probe: library.probe }),
    )

    const framework = logger.child({})
    const setLogLevel = () => {
      logger.level = config.logLevel
      framework.level = onlyWarnings(config)
      pool.setLogLevel(config.logLevel)
    }
    setLogLevel()
    settings.on(setLogLevel)
    const fastify = Fastify({
      loggerInstance: framework,
      logController: new LogController({ disableRequestLogging: true }),
      trustProxy: proxies.trusts,
      ajv: validation,
      frameworkErrors: refuseAddress,
      connectionTimeout: 0,
      keepAliveTimeout: CLOSE_IDLE_AFTER,
      forceCloseConnections: true,
      routerOptions: { ignoreTrailingSlash: true },
      http: { headersTimeout: REQUEST_TIMEOUT, connectionsCheckingInterval: 2000 },
    })
    starting.defer(() => fastify.close())
    installBodyDeadline(fastify, {
      within: REQUEST_TIMEOUT,
      except: ({ url }) => url.startsWith(`${UPLOADS_PATH}/`),
    })
    const admin = starting.use(
      openAdmin({ settings, version, broadcasts, pool, server: fastify.server, clock }),
    )
    const routes = await installRoutes(fastify, {
      config,
      open,
      version,
      secret,
      proxies,
      logger,
      clock,
      secrets,
      broadcasts,
      sessions,
      announcer,
      pool,
      access,
      ...(accounts && { accounts }),
      ...(host && { authentication: host }),
      guesses: new GuessLimit({ clock, ...(open && { limit: Infinity }) }),
      watchLog,
      audit,
      webhooks,
      hls: media.hls,
      library,
      recordings,
      chats,
      frames: frames.rooms,
      provision,
      admin,
      isReady: () => state.ready,
      database: health,
    })
    starting.defer(() => routes.close())
    await fastify.listen({ host: config.host, port: config.port })
    state.ready = true
    starting.defer(() => {
      state.ready = false
    })

    accounts?.people.keepClear()
    const setupToken = await accounts?.people.setup.begin()

    const running = starting.move()
    const { port } = fastify.server.address() as AddressInfo
    const url = config.publicUrl || `http://${placeOf(config.host)}:${port}`
    logger.info({ url, open, workers: config.workers }, 'server listens')
    const setupLink = setupToken === undefined ? undefined : linkTo(url, 'setup', setupToken)
    return new KliegServer({
      ...{ url, setupLink },
      revoke: (userId) => host?.revoke(userId),
      stop: () => running.disposeAsync(),
    })
  }

  private constructor({
    url,
    setupLink,
    revoke,
    stop,
  }: Pick<KliegServer, 'url' | 'setupLink' | 'revoke'> & { stop: () => Promise<void> }) {
    this.url = url
    this.revoke = revoke
    this.setupLink = setupLink
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

/** The framework's own chatter says what ours says already. */
function onlyWarnings({ logLevel }: Config): string {
  return logLevel === 'info' || logLevel === 'debug' ? 'warn' : logLevel
}

/** What broadcasts ask when they need it. */
function perBroadcast(config: Config) {
  return {
    reconnectGrace: () => config.reconnectSeconds * 1000,
    defaults: {
      get record() {
        return config.recordByDefault
      },
      get chat() {
        return config.chatByDefault
      },
    },
  }
}

function logFacts(broadcasts: Broadcasts, logger: Logger): void {
  for (const fact of ['created', 'started', 'ended', 'removed'] as const)
    broadcasts.on(fact, ({ broadcast }) => logger.info({ broadcast: broadcast.id }, `broadcast ${fact}`))
}
