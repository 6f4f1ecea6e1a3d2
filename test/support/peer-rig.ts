import { Feeds } from '../../src/core/feeds.ts'
import type { MediaHostEvents } from '../../src/core/media-host.ts'
import { CHROME_PUBLISHER, CHROME_SIMULCAST, CHROME_VIEWER } from '../../src/media/sdp/fixtures/offers.ts'
import { PeerHost } from '../../src/protocols/webrtc/peer-host.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { type FakePipe, FakeTransport } from './fake-transport.ts'
import { rtpPacket } from './rtp-packets.ts'

const KEY_FRAME = [0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00] // VP8, 320×180
const DELTA_FRAME = [0x10, 0x01, 0, 0]

/** A PeerHost over fakes: a publisher of VP8 and Opus, and viewers. Sessions' promises settle with `settled`. */
export function peerRig(options: { firstFrame?: 'group' | 'key-frame' } = {}) {
  const clock = new FakeClock()
  const transport = new FakeTransport()
  const feeds = new Feeds()
  const told: { name: keyof MediaHostEvents; fact: MediaHostEvents[keyof MediaHostEvents] }[] = []
  const host = new PeerHost({
    id: 'host',
    transport,
    feeds,
    clock,
    logger: new FakeLogger(),
    turns: { now: () => clock.monotonic(), next: (task) => task(), soon: (task) => task() },
    ...options,
  })
  const names = [
    'sessionConnected',
    'sessionClosed',
    'tracksChanged',
    'publisherReported',
    'viewerReported',
    'captureClock',
  ] as const
  for (const name of names) host.on(name, (fact) => told.push({ name, fact }))
  const latest = <Name extends keyof MediaHostEvents>(name: Name) =>
    told.findLast((line) => line.name === name)?.fact as MediaHostEvents[Name] | undefined

  async function publish(sessionId = 'publisher', { simulcast = false } = {}): Promise<FakePipe> {
    await host.publish({
      sessionId,
      broadcastId: 'b',
      offer: simulcast ? CHROME_SIMULCAST : CHROME_PUBLISHER,
    })
    const { pipe } = transport
    pipe.connect()
    await settled()
    return pipe
  }

  async function watch(sessionId = 'viewer'): Promise<FakePipe> {
    await host.watch({
      sessionId,
      broadcastId: 'b',
      offer: CHROME_VIEWER,
      tracks: latest('tracksChanged')?.tracks ?? [],
    })
    const { pipe } = transport
    pipe.connect()
    await settled()
    return pipe
  }
  return { clock, transport, feeds, host, told, latest, publish, watch }
}

/** Lets everything that waits for something already settled run. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** One packet of a picture: a key frame or one that builds on it. */
export function picture(sequence: number, { key = false, ssrc = 2001, rid = '' } = {}): Buffer {
  return rtpPacket({
    sequence,
    timestamp: sequence * 3000,
    ssrc,
    marker: true,
    payload: Uint8Array.from(key ? KEY_FRAME : DELTA_FRAME),
    ...(rid && { extension: { profile: 0xbede, data: Uint8Array.from([0xa0, rid.charCodeAt(0)]) } }),
  })
}

export const isVideo = (packet: Buffer) => ((packet[1] ?? 0) & 0x7f) === 96
export const sequences = (packets: readonly Buffer[]) => packets.map((packet) => packet.readUInt16BE(2))
export const timestamps = (packets: readonly Buffer[]) => packets.map((packet) => packet.readUInt32BE(4))
