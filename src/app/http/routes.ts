import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Access } from '../../core/access.ts'
import type { AuditLog } from '../../core/audit-log.ts'
import type { Authentication } from '../../core/authentication.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { ChatRooms } from '../../core/chat/chat-rooms.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { WatchLog } from '../../core/watch-log.ts'
import type { Webhooks } from '../../core/webhooks/webhooks.ts'
import type { WorkerPool } from '../../platform/workers/worker-pool.ts'
import { type AdminFacts, adminPlugin } from '../../protocols/admin/admin-plugin.ts'
import { audiencePlugin } from '../../protocols/admin/audience-plugin.ts'
import { hlsPlugin } from '../../protocols/hls/hls-plugin.ts'
import type { HlsStreams } from '../../protocols/hls/hls-streams.ts'
import type { FrameRooms } from '../../protocols/frames/frame-rooms.ts'
import { installErrorHandler } from '../../protocols/http-errors.ts'
import { baseUrlOf } from '../../protocols/broadcast-view.ts'
import { liveListPlugin } from '../../protocols/live-list/live-list-plugin.ts'
import { LiveListRoute } from '../../protocols/live-list/live-list-route.ts'
import { sendProblem } from '../../protocols/problem.ts'
import { installRequestIdentity, mayUpgradeWith } from '../../protocols/request-identity.ts'
import { broadcastsPlugin } from '../../protocols/rest/broadcasts-plugin.ts'
import { eventsPlugin } from '../../protocols/rest/events-plugin.ts'
import { serverPlugin } from '../../protocols/rest/server-plugin.ts'
import { sharingPlugin } from '../../protocols/rest/sharing-plugin.ts'
import { thumbnailPlugin } from '../../protocols/rest/thumbnail-plugin.ts'
import { provisionPlugin } from '../../protocols/provision/provision-plugin.ts'
import { startStopPlugin } from '../../protocols/start-stop/start-stop-plugin.ts'
import type { Sessions } from '../../protocols/webrtc/sessions.ts'
import { SignallingRoute } from '../../protocols/webrtc/signalling-plugin.ts'
import type { StateAnnouncer } from '../../protocols/webrtc/state-announcer.ts'
import { whepPlugin } from '../../protocols/webrtc/whep-plugin.ts'
import { whipPlugin } from '../../protocols/webrtc/whip-plugin.ts'
import { fileSharingPlugin } from '../../protocols/vod/file-sharing-plugin.ts'
import { rangePlugin } from '../../protocols/vod/range-plugin.ts'
import { watchLogPlugin } from '../../protocols/watch-log/watch-log-plugin.ts'
import { auditLogPlugin } from '../../protocols/audit-log/audit-log-plugin.ts'
import { webhooksPlugin } from '../../protocols/webhooks/webhooks-plugin.ts'
import type { Config } from '../config/schema.ts'
import { installChat } from '../chat.ts'
import { installFrames } from '../frames.ts'
import { type Accounts, installAccounts } from '../accounts.ts'
import { installLibrary, type LibraryDoors } from '../library.ts'
import type { Provision } from '../provision.ts'
import { installRecordings, type RecordingDoors } from '../recordings.ts'
import { installAuditTrail } from './audit-trail.ts'
import { IceServers } from './ice-servers.ts'
import { installOpenApi } from './openapi.ts'
import { metricsAccess } from './metrics-access.ts'
import { openModeRefusal } from './open-mode.ts'
import { ownPages } from './own-pages.ts'
import { servePages } from './pages.ts'
import { type DatabaseState, probesPlugin } from './probes.ts'
import { rangeDoor } from './range-door.ts'
import { installRateLimits } from './rate-limits.ts'
import { installSecurityHeaders } from './security-headers.ts'
import type { TrustedProxies } from './trusted-proxies.ts'
import { UpgradeRouter } from './upgrade-router.ts'

export type RouteOptions = {
  config: Config
  open: boolean
  /** Absent in open mode: nobody has an account. */
  accounts?: Accounts
  /** Who is behind a request; our own accounts when absent. */
  authentication?: Authentication
  version: string
  /** Signs. */
  secret: string
  proxies: TrustedProxies
  logger: Logger
  clock: Clock
  secrets: Secrets
  broadcasts: Broadcasts
  sessions: Sessions
  announcer: StateAnnouncer
  pool: Pick<WorkerPool, 'stats' | 'on'>
  access: Access
  guesses: GuessLimit
  watchLog: WatchLog
  webhooks: Webhooks
  audit: AuditLog
  hls: HlsStreams
  library: LibraryDoors
  recordings: RecordingDoors
  chats: ChatRooms
  frames: FrameRooms
  provision: Provision
  admin: AdminFacts
  isReady: () => boolean
  database: DatabaseState
}

/** Where the built interface lies, seen from the sources and from the published output alike. */
const WEB_FOLDERS = ['../../../dist/web', '../../../web'].map((folder) =>
  path.join(import.meta.dirname, folder),
)

/** Every door of the server on one Fastify instance; what is returned closes the WebSockets. */
export async function installRoutes(
  fastify: FastifyInstance,
  options: RouteOptions,
): Promise<{ close(): Promise<void> }> {
  const { config, open, version, logger, clock, secrets, broadcasts, sessions, announcer, pool, isReady } =
    options
  const { access, guesses, proxies, accounts } = options
  const authentication = options.authentication ?? accounts?.people.authentication
  const { doorkeeper, publishAccess, watchAccess, rights, shares, grants } = access
  const iceServers = new IceServers({ ...config, secret: options.secret, clock }).for
  const basePath = config.publicUrl ? new URL(config.publicUrl).pathname.replace(/\/$/, '') : ''

  const isOwnPage = ownPages(config.publicUrl, proxies)

  installSecurityHeaders(fastify)
  if (open)
    fastify.addHook('onRequest', async (request, reply) => {
      const refusal = openModeRefusal(request.headers)
      if (refusal !== undefined)
        await sendProblem(reply, { status: 403, code: 'open-mode-only', detail: refusal })
    })
  if (authentication) installRequestIdentity(fastify, { authentication, isOwnPage })
  if (!open) installRateLimits(fastify, clock)
  installAuditTrail(fastify, { audit: options.audit, open })
  await installOpenApi(fastify, version)
  const folder = WEB_FOLDERS[import.meta.filename.endsWith('.ts') ? 0 : 1] ?? ''
  const pages = await servePages(fastify, folder, {
    accounts: open || accounts !== undefined,
    sources: options.provision.origins,
  })
  installErrorHandler(fastify, { sendPageNotFound: (_request, reply) => pages.send(reply, 404) })

  const views = { publicUrl: config.publicUrl }
  const { status } = options.recordings
  await fastify.register(probesPlugin, {
    ...{ broadcasts, pool, isReady, database: options.database },
    ...(status && { recorder: status }),
    frames: options.frames,
    assertMayRead: metricsAccess(doorkeeper),
  })
  await fastify.register(serverPlugin, {
    ...{ version, open, iceServers, clock },
    accounts: () => accounts && { registration: config.registration, mail: accounts.mailer !== undefined },
  })
  if (accounts)
    await installAccounts(fastify, accounts, {
      ...{ config, doorkeeper, clock, logger },
      forget: (userId) => options.watchLog.forgetUser(userId),
    })
  await fastify.register(broadcastsPlugin, { broadcasts, rights, watchAccess, guesses, ...views })
  await fastify.register(thumbnailPlugin, { rights, watchAccess, guesses })
  await fastify.register(sharingPlugin, { shares, rights, guesses, ...views, people: accounts?.people.users })
  await fastify.register(eventsPlugin, { broadcasts, watchAccess, guesses, clock, ...views })
  await fastify.register(watchLogPlugin, {
    watchLog: options.watchLog,
    ...{ rights, doorkeeper, guesses, clock },
  })
  await fastify.register(webhooksPlugin, { webhooks: options.webhooks, doorkeeper })
  await fastify.register(auditLogPlugin, { audit: options.audit, doorkeeper })
  await fastify.register(adminPlugin, { facts: options.admin, doorkeeper })
  await fastify.register(audiencePlugin, {
    ...{ broadcasts, doorkeeper, exclusions: access.exclusions },
    viewings: options.watchLog.viewings,
  })
  await fastify.register(startStopPlugin, { broadcasts, rights, secrets, guesses, ...views })
  const { provisioning, streams: stored } = options.provision
  await fastify.register(provisionPlugin, { provisioning, rights, guesses })
  await fastify.register(liveListPlugin, { broadcasts, ...views, sendPage: (reply) => pages.send(reply) })
  await fastify.register(whipPlugin, {
    sessions,
    access: publishAccess,
    grants,
    guesses,
    iceServers,
    basePath,
  })
  await fastify.register(whepPlugin, {
    sessions,
    access: watchAccess,
    guesses,
    iceServers,
    basePath,
    clock,
    secrets,
    announcer,
  })

  const { viewings } = options.watchLog
  await fastify.register(hlsPlugin, {
    streams: options.hls,
    stored,
    access: watchAccess,
    guesses,
    clock,
    secrets,
    watched: (request) => viewings.seen(request),
  })
  await fastify.register(fileSharingPlugin, {
    files: access.files,
    pathVariable: config.streamDefaultVideoPathUrlVar,
    ...views,
  })
  await fastify.register(rangePlugin, { ...rangeDoor({ config, viewings, files: access.files }), basePath })

  await installLibrary(fastify, options.library, { config, rights: access.libraryRights })
  await installRecordings(fastify, options.recordings, { rights, watchAccess, guesses, viewings, ...views })

  const chat = await installChat(fastify, options.chats, {
    ...{ open, access, guesses, clock, logger, secrets },
    secret: options.secret,
    recordings: options.recordings.recordings,
    addressOf: proxies.addressOf,
  })

  const frames = await installFrames(fastify, options.frames, {
    ...{ access, guesses, announcer, secrets, clock, logger },
    addressOf: proxies.addressOf,
  })

  const signalling = new SignallingRoute({
    sessions,
    publishAccess,
    watchAccess,
    guesses,
    announcer,
    clock,
    logger,
    secrets,
    iceServers,
    addressOf: proxies.addressOf,
    mayConnect: () => true, // the router has asked
  })
  const liveList = new LiveListRoute({
    broadcasts,
    clock,
    addressOf: proxies.addressOf,
    baseOf: (request) => baseUrlOf(config.publicUrl, proxies.askedFor(request)),
  })
  const router = new UpgradeRouter(
    [signalling, liveList, chat, frames],
    (request, identity) => {
      // Without accounts whoever reaches this machine may do everything; with them, only what comes along counts.
      const isRefused = open ? !isOwnPage(request) : !mayUpgradeWith(identity, request, isOwnPage)
      if (isRefused) return 'Pages of other sites may not connect.'
      return open ? openModeRefusal(request.headers) : undefined
    },
    authentication &&
      ((request) => authentication.identify(request.headers, proxies.addressOf(request), request)),
  )
  fastify.server.on('upgrade', router.handleUpgrade)
  return {
    async close() {
      await Promise.all([signalling, liveList, chat, frames].map((route) => route[Symbol.asyncDispose]()))
    },
  }
}
