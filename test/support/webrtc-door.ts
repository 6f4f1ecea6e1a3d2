import Fastify, { type FastifyInstance } from 'fastify'
import type { Authentication } from '../../src/core/authentication.ts'
import type { Broadcast } from '../../src/core/broadcast.ts'
import { Broadcasts, type NewBroadcast } from '../../src/core/broadcasts.ts'
import { GuessLimit } from '../../src/core/guess-limit.ts'
import type { TrackInfo } from '../../src/core/track-info.ts'
import { installErrorHandler } from '../../src/protocols/http-errors.ts'
import { validation } from '../../src/protocols/validation.ts'
import { type SessionLimits, Sessions } from '../../src/protocols/webrtc/sessions.ts'
import { StateAnnouncer } from '../../src/protocols/webrtc/state-announcer.ts'
import { accessRig } from './access-rig.ts'
import { FakeBroadcastStore } from './fake-broadcast-store.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakeMediaHost, FakeMediaHosts } from './fake-media-host.ts'
import { FakeSecrets } from './fake-secrets.ts'

export const VP8: TrackInfo = {
  kind: 'video',
  codec: 'VP8',
  clockRate: 90_000,
  layers: [
    { rid: 'h', width: 1280, height: 720 },
    { rid: 'l', width: 320, height: 180 },
  ],
}
export const OPUS: TrackInfo = {
  kind: 'audio',
  codec: 'opus',
  clockRate: 48_000,
  channels: 2,
  layers: [{ rid: '' }],
}
export const OFFER = [
  'v=0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=ice-ufrag:EsAw',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=rtpmap:111 opus/48000/2',
  '',
].join('\r\n')
export const SDP_TYPE = { 'content-type': 'application/sdp' }

export type DoorOptions = {
  open?: boolean
  limits?: Partial<SessionLimits>
  /** A fake when absent. */
  authentication?: Authentication
}

/** The WebRTC door over fakes: everything but media, sockets and time is real. */
export async function setUpDoor({ open = false, limits = {}, authentication }: DoorOptions = {}) {
  const clock = new FakeClock()
  const secrets = new FakeSecrets()
  const logger = new FakeLogger()
  const store = new FakeBroadcastStore()
  const host = new FakeMediaHost()
  const hosts = new FakeMediaHosts(host)
  const broadcasts = await Broadcasts.open({ store, secrets, clock, logger, reconnectGrace: 30_000 })
  const sessions = new Sessions({ broadcasts, hosts, secrets, logger, limits })
  const rights = accessRig({
    ...{ open, broadcasts, secrets, clock, logger },
    ...(authentication && { authentication }),
  })
  const options = {
    sessions,
    broadcasts,
    clock,
    logger,
    secrets,
    ...rights,
    access: rights.publishAccess,
    guesses: new GuessLimit({ clock }),
    announcer: new StateAnnouncer({ broadcasts, clock }),
  }

  /** A broadcast whose publisher is connected and sends VP8 in two layers, and Opus. */
  async function goLive(
    wanted: NewBroadcast = {},
  ): Promise<{ broadcast: Broadcast; streamKey: string; publisherId: string }> {
    const { broadcast, streamKey } = await broadcasts.create(wanted)
    const publisherId = await publish(broadcast)
    return { broadcast, streamKey, publisherId }
  }

  async function publish(broadcast: Broadcast): Promise<string> {
    const { session } = await sessions.publish({
      broadcast,
      door: 'whip',
      address: '192.0.2.1',
      offer: OFFER,
    })
    host.emit('tracksChanged', { sessionId: session.id, broadcastId: broadcast.id, tracks: [VP8, OPUS] })
    host.connect(session.id)
    return session.id
  }

  return { ...options, host, hosts, store, goLive, publish }
}

export type Door = Awaited<ReturnType<typeof setUpDoor>>

/** An HTTP server that shows failures as the real one does. */
export function newApp(): FastifyInstance {
  const app = Fastify({ ajv: validation })
  installErrorHandler(app)
  return app
}

/** Lets everything that waits for something already settled run. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Lets the world turn until something is so; throws when it never is. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('what the test waits for never came')
    await settled()
  }
}
