import { tmpdir } from 'node:os'
import path from 'node:path'
import Fastify from 'fastify'
import { refuseAddress } from '../../src/app/http/refused-address.ts'
import { installRoutes } from '../../src/app/http/routes.ts'
import { TrustedProxies } from '../../src/app/http/trusted-proxies.ts'
import { readConfig } from '../../src/app/config/read-config.ts'
import type { Authentication } from '../../src/core/authentication.ts'
import { ChatRooms } from '../../src/core/chat/chat-rooms.ts'
import { AuditLog } from '../../src/core/audit-log.ts'
import { Library } from '../../src/core/library.ts'
import { Uploads } from '../../src/protocols/library/uploads.ts'
import { FrameRooms } from '../../src/protocols/frames/frame-rooms.ts'
import { HlsStreams } from '../../src/protocols/hls/hls-streams.ts'
import { SessionCookie } from '../../src/protocols/accounts/session-cookie.ts'
import { validation } from '../../src/protocols/validation.ts'
import { Recorder } from '../../src/core/recording/recorder.ts'
import { RecordingSource } from '../../src/core/recording/recording-source.ts'
import { Recordings } from '../../src/core/recording/recordings.ts'
import { WatchLog } from '../../src/core/watch-log.ts'
import { FakeAdminFacts } from './fake-admin-facts.ts'
import { FakeChatStore } from './fake-chat-store.ts'
import { FakeAuditStore } from './fake-audit-store.ts'
import { FakeViewingSpool } from './fake-viewing-spool.ts'
import { FakeViewingStore } from './fake-viewing-store.ts'
import { FakeRecordingStorage } from './fake-recording-storage.ts'
import { FakeRecordingStore } from './fake-recording-store.ts'
import { FakeProbe } from './fake-probe.ts'
import { FakeMailer, peopleRig } from './people-rig.ts'
import { webhookRig } from './webhook-rig.ts'
import { setUpDoor } from './webrtc-door.ts'

type Route = { method: string; url: string; isHidden: boolean }

/** Every route of the server in this process, over fakes: no media, no database, no time. */
export async function wholeServer({
  open = true,
  env = {},
  authentication,
}: {
  open?: boolean
  env?: NodeJS.ProcessEnv
  /** Another application's, instead of our own accounts. */
  authentication?: Authentication
} = {}) {
  const door = await setUpDoor({ open, ...(authentication && { authentication }) })
  const config = readConfig(env, '/nonexistent/klieg.config.json')
  const proxies = new TrustedProxies(config.trustProxy)
  const fastify = Fastify({
    ajv: validation,
    frameworkErrors: refuseAddress,
    routerOptions: { ignoreTrailingSlash: true },
    trustProxy: proxies.trusts,
  })
  const routes: Route[] = []
  fastify.addHook('onRoute', ({ method, url, schema }) => {
    for (const each of [method].flat())
      if (each !== 'HEAD') routes.push({ method: each.toLowerCase(), url, isHidden: schema?.hide === true })
  })
  const people = peopleRig(door)
  const mailer = new FakeMailer()
  const viewingStore = new FakeViewingStore()
  const watchLog = await WatchLog.open({
    ...door,
    store: viewingStore,
    spool: new FakeViewingSpool(),
    rules: { addressDays: 7, days: 90 },
  })
  door.inside.isWatching = (...player) => watchLog.viewings.isWatching(...player)
  const hooks = await webhookRig()
  const auditStore = new FakeAuditStore()
  const audit = new AuditLog({ ...door, store: auditStore, days: 365 })
  const folder = path.join(tmpdir(), 'klieg-uploads-of-tests')
  const kept = { ...door, storage: new FakeRecordingStorage(), store: new FakeRecordingStore(door.store) }
  const recorder = new Recorder({ ...kept, minFree: 0 })
  const limits = { maxAge: Infinity, maxBytes: Infinity }
  const recordings = new Recordings({ ...kept, recorder, limits })
  const poster = async () => undefined
  const findBroadcast = (id: string) => door.broadcasts.find(id)
  const chats = new ChatRooms({ ...door, store: new FakeChatStore() })
  const { close } = await installRoutes(fastify, {
    ...door,
    config,
    open,
    version: '1.2.3',
    secret: 'signs',
    proxies,
    pool: { stats: () => [], on: door.hosts.on.bind(door.hosts) },
    access: door,
    ...(authentication && { authentication }),
    ...(!open &&
      !authentication && {
        authentication: door.authentication,
        accounts: { people: people.people, cookie: new SessionCookie(''), mailer },
      }),
    watchLog,
    webhooks: hooks.webhooks,
    audit,
    hls: new HlsStreams({ clock: door.clock, targetDuration: 4, window: 60 }),
    library: {
      library: new Library([new RecordingSource({ recordings, poster, findBroadcast })]),
      uploads: new Uploads({ target: { adopt: async () => 'a' }, folder, maxSize: 1, basePath: '' }),
      probe: new FakeProbe(),
    },
    recordings: {
      recordings,
      mediaFile: (id, name) => path.join('/nonexistent', id, name),
      videoFile: async ({ id }) => path.join('/nonexistent', id, 'video.mp4'),
      poster,
    },
    chats,
    frames: new FrameRooms(door),
    provision: { provisioning: undefined, streams: undefined, origins: [] },
    admin: new FakeAdminFacts(),
    isReady: () => true,
    database: { isUp: true, outages: 0 },
  })
  return {
    ...door,
    people,
    mailer,
    fastify,
    routes,
    recordingStore: kept.store,
    watchLog,
    chats,
    hooks,
    audit,
    auditStore,
    viewingStore,
    async [Symbol.asyncDispose](): Promise<void> {
      await close()
      await fastify.close()
      await watchLog.close()
    },
  }
}
