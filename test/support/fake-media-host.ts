import { Emitter } from '../../src/core/emitter.ts'
import { BroadcastError } from '../../src/core/errors.ts'
import type {
  LayerSelection,
  MediaHost,
  MediaHostEvents,
  MediaHosts,
  PublishRequest,
  SessionAnswer,
  WatchRequest,
} from '../../src/core/media-host.ts'
import type { CloseReason } from '../../src/core/ports.ts'

const ANSWER = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:1',
  '',
]

function rethrow(error: unknown): never {
  throw error
}

/** A media host without media: it answers every offer, remembers every call, and says what a test makes it say. */
export class FakeMediaHost implements MediaHost {
  readonly id: string
  readonly published: PublishRequest[] = []
  readonly watched: WatchRequest[] = []
  readonly candidates: { sessionId: string; candidates: readonly string[] }[] = []
  readonly selections: { sessionId: string; selection: LayerSelection }[] = []
  readonly clockOffsets: { sessionId: string; offset: number }[] = []
  readonly closedSessions: { sessionId: string; reason: CloseReason }[] = []
  readonly closedBroadcasts: { broadcastId: string; reason: CloseReason }[] = []
  /** Sessions that were answered and are not closed, with their broadcast. */
  readonly sessions = new Map<string, string>()
  /** The next offer is refused with it. */
  refusal: Error | undefined
  /** While set, offers wait for it before they are answered. */
  gate: Promise<void> | undefined
  answer: string = ANSWER.join('\r\n')
  readonly #events = new Emitter<MediaHostEvents>(rethrow)

  constructor(id = 'worker-0') {
    this.id = id
  }

  publish(request: PublishRequest): Promise<SessionAnswer> {
    this.published.push(request)
    return this.#answerTo(request)
  }

  watch(request: WatchRequest): Promise<SessionAnswer> {
    this.watched.push(request)
    return this.#answerTo(request)
  }

  async addCandidates(sessionId: string, candidates: readonly string[]): Promise<void> {
    this.candidates.push({ sessionId, candidates })
  }

  async selectLayer(sessionId: string, selection: LayerSelection): Promise<void> {
    this.selections.push({ sessionId, selection })
  }

  async setClockOffset(sessionId: string, offset: number): Promise<void> {
    this.clockOffsets.push({ sessionId, offset })
  }

  async closeSession(sessionId: string, reason: CloseReason): Promise<void> {
    this.closedSessions.push({ sessionId, reason })
    this.end(sessionId, reason)
  }

  async closeBroadcast(broadcastId: string, reason: CloseReason): Promise<void> {
    this.closedBroadcasts.push({ broadcastId, reason })
    for (const [sessionId, broadcast] of this.sessions)
      if (broadcast === broadcastId) this.end(sessionId, reason)
  }

  on<Name extends keyof MediaHostEvents>(name: Name, listener: (fact: MediaHostEvents[Name]) => void) {
    return this.#events.on(name, listener)
  }

  /** Says that something happened. */
  emit<Name extends keyof MediaHostEvents>(name: Name, fact: MediaHostEvents[Name]): void {
    this.#events.emit(name, fact)
  }

  /** The peer's media can flow. */
  connect(sessionId: string): void {
    this.emit('sessionConnected', { sessionId })
  }

  /** A session is gone; nothing happens when there is none. */
  end(sessionId: string, reason: CloseReason): void {
    if (this.sessions.delete(sessionId)) this.emit('sessionClosed', { sessionId, reason })
  }

  async #answerTo({ sessionId, broadcastId }: PublishRequest | WatchRequest): Promise<SessionAnswer> {
    await this.gate
    const refusal = this.refusal
    this.refusal = undefined
    if (refusal) throw refusal
    this.sessions.set(sessionId, broadcastId)
    return { sdp: this.answer }
  }
}

/** Places everything on its first host. */
export class FakeMediaHosts implements MediaHosts {
  readonly hosts: readonly FakeMediaHost[]

  constructor(...hosts: readonly FakeMediaHost[]) {
    this.hosts = hosts
  }

  forPublisher(): FakeMediaHost {
    const host = this.hosts[0]
    if (!host) throw new BroadcastError('overloaded', 'no media worker runs', { retryAfter: 1 })
    return host
  }

  forViewer(): FakeMediaHost {
    return this.forPublisher()
  }

  on<Name extends keyof MediaHostEvents>(name: Name, listener: (fact: MediaHostEvents[Name]) => void) {
    const stops = this.hosts.map((host) => host.on(name, listener))
    return () => {
      for (const stop of stops) stop()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.hosts)
      for (const sessionId of [...host.sessions.keys()]) host.end(sessionId, 'shutdown')
  }
}
