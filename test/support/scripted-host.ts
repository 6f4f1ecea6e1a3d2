import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Emitter } from '../../src/core/emitter.ts'
import { BroadcastError } from '../../src/core/errors.ts'
import type { Sink, Source } from '../../src/core/feed.ts'
import type { Feeds } from '../../src/core/feeds.ts'
import type { Layer } from '../../src/core/layer.ts'
import type {
  LayerSelection,
  MediaHost,
  MediaHostEvents,
  PublishRequest,
  SessionAnswer,
  WatchRequest,
} from '../../src/core/media-host.ts'
import type { CloseReason } from '../../src/core/ports.ts'
import type { TrackInfo } from '../../src/core/track-info.ts'
import type { Track } from '../../src/core/track.ts'

/** What every publisher of a scripted host sends. */
export const SCRIPTED_TRACKS: readonly TrackInfo[] = [
  { kind: 'video', codec: 'VP8', clockRate: 90_000, layers: [{ rid: 'h' }, { rid: 'l' }] },
]

type ScriptedSession = {
  readonly broadcastId: string
  readonly publisher?: ScriptedPublisher
  readonly viewer?: ScriptedViewer
}

/**
 * A media host with real feeds and no WebRTC. Offers are orders: `refuse`, `break`, `silence`, `late`, anything else
 * is answered. A publisher's candidates are the packets it sends, as `<layer> <base64>`; a viewer that selects a
 * layer asks for its key frame. Viewers report how many packets they received (`bitrate`) and their SHA-256 (`rid`),
 * publishers how many key frames were asked for (`bitrate`).
 */
export class ScriptedHost implements MediaHost {
  readonly id: string
  readonly #feeds: Feeds
  readonly #sessions = new Map<string, ScriptedSession>()
  readonly #events = new Emitter<MediaHostEvents>((error) => {
    throw error
  })

  constructor(id: string, feeds: Feeds) {
    this.id = id
    this.#feeds = feeds
  }

  get sessions(): number {
    return this.#sessions.size
  }

  on<Name extends keyof MediaHostEvents>(
    name: Name,
    listener: (fact: MediaHostEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  async publish({ sessionId, broadcastId, offer }: PublishRequest): Promise<SessionAnswer> {
    await obey(offer)
    const publisher = new ScriptedPublisher((count) =>
      this.#events.emit('publisherReported', {
        sessionId,
        broadcastId,
        bitrate: count,
        loss: 0,
        layers: [],
        warnings: [],
      }),
    )
    publisher.tracks = this.#feeds.ensure(broadcastId).publish(publisher, SCRIPTED_TRACKS)
    this.#sessions.set(sessionId, { broadcastId, publisher })
    this.#events.emit('sessionConnected', { sessionId })
    return { sdp: `${this.id} publishes` }
  }

  async watch({ sessionId, broadcastId, offer }: WatchRequest): Promise<SessionAnswer> {
    await obey(offer)
    const viewer = new ScriptedViewer((packets, digest) =>
      this.#events.emit('viewerReported', { sessionId, bitrate: packets, loss: 0, rid: digest, dropped: 0 }),
    )
    this.#feeds.ensure(broadcastId).attach(viewer)
    this.#sessions.set(sessionId, { broadcastId, viewer })
    this.#events.emit('sessionConnected', { sessionId })
    return { sdp: `${this.id} watches` }
  }

  async addCandidates(sessionId: string, packets: readonly string[]): Promise<void> {
    const layers = this.#sessions.get(sessionId)?.publisher?.tracks[0]?.layers
    for (const packet of packets) {
      const [layer, base64 = ''] = packet.split(' ')
      layers?.[Number(layer)]?.write(Buffer.from(base64, 'base64'), performance.now())
    }
  }

  async selectLayer(sessionId: string, { rid }: LayerSelection): Promise<void> {
    this.#sessions
      .get(sessionId)
      ?.viewer?.tracks[0]?.layer(rid ?? '')
      ?.requestKeyFrame()
  }

  async setClockOffset(): Promise<void> {
    // it has no clock
  }

  async closeSession(sessionId: string, reason: CloseReason): Promise<void> {
    const session = this.#sessions.get(sessionId)
    if (!session) return
    this.#sessions.delete(sessionId)
    const { broadcastId, publisher, viewer } = session
    if (publisher) this.#feeds.get(broadcastId)?.unpublish(publisher)
    await viewer?.close(reason)
    this.#events.emit('sessionClosed', { sessionId, reason })
  }

  async closeBroadcast(broadcastId: string, reason: CloseReason): Promise<void> {
    for (const [sessionId, session] of this.#sessions)
      if (session.broadcastId === broadcastId) await this.closeSession(sessionId, reason)
    await this.#feeds.close(broadcastId, reason)
  }

  async close(): Promise<void> {
    for (const sessionId of this.#sessions.keys()) await this.closeSession(sessionId, 'shutdown')
  }
}

async function obey(offer: string): Promise<void> {
  if (offer === 'refuse') throw new BroadcastError('no-common-codec', 'no codec in common', { retryAfter: 7 })
  if (offer === 'break') throw new TypeError('a mistake in the host')
  if (offer === 'silence') await new Promise(() => undefined)
  if (offer === 'late') await sleep(300)
}

class ScriptedPublisher implements Source {
  tracks: readonly Track[] = []
  readonly #report: (requests: number) => void
  #requests = 0

  constructor(report: (requests: number) => void) {
    this.#report = report
  }

  requestKeyFrame(): void {
    this.#report(++this.#requests)
  }
}

class ScriptedViewer implements Sink {
  readonly closed: Promise<CloseReason>
  tracks: readonly Track[] = []
  readonly #report: (packets: number, digest: string) => void
  readonly #hash = createHash('sha256')
  #packets = 0
  #settleClosed: (reason: CloseReason) => void = () => undefined

  constructor(report: (packets: number, digest: string) => void) {
    this.#report = report
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
  }

  tracksChanged(tracks: readonly Track[]): void {
    this.tracks = tracks
    const [layer] = tracks[0]?.layers ?? []
    if (!layer) return
    for (let index = layer.history.oldest; index < layer.history.next; index++) this.#read(layer, index)
    layer.readPackets({ packetArrived: (from, index) => this.#read(from, index) })
  }

  async close(reason: CloseReason): Promise<void> {
    this.#settleClosed(reason)
  }

  #read(layer: Layer, index: number): void {
    const packet = Buffer.alloc(layer.history.lengthOf(index))
    layer.history.read(index, packet)
    this.#hash.update(packet)
    this.#report(++this.#packets, this.#hash.copy().digest('hex'))
  }
}
