import { Emitter } from '../../core/emitter.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { Feeds } from '../../core/feeds.ts'
import type {
  LayerSelection,
  MediaHost,
  MediaHostEvents,
  PublishRequest,
  SessionAnswer,
  WatchRequest,
} from '../../core/media-host.ts'
import type { Clock, CloseReason, Logger } from '../../core/ports.ts'
import type { MediaPipe, WebRtcTransport } from '../../core/webrtc-transport.ts'
import { answerPublisher } from '../../media/sdp/negotiate-publisher.ts'
import { answerViewer, NoCommonCodecError } from '../../media/sdp/negotiate-viewer.ts'
import { parseSessionDescription } from '../../media/sdp/parse.ts'
import { SdpError, type SessionDescription } from '../../media/sdp/session-description.ts'
import { FanOuts } from './media/fan-outs.ts'
import type { Turns } from './media/fan-out.ts'
import { PublisherSession } from './media/publisher-session.ts'
import type { SessionContext } from './media/session-context.ts'
import { type FirstFrame, ViewerSession } from './media/viewer-session.ts'

export type PeerHostOptions = {
  id: string
  transport: WebRtcTransport
  feeds: Feeds
  clock: Clock
  logger: Logger
  turns: Turns
  firstFrame?: FirstFrame
  maxBitrate?: number
}

const TICK = 100
const SECOND = 1000

/** WebRTC sessions in this process. */
export class PeerHost implements MediaHost, AsyncDisposable {
  readonly id: string
  readonly #transport: WebRtcTransport
  readonly #feeds: Feeds
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #events: Emitter<MediaHostEvents>
  readonly #context: SessionContext
  readonly #fanOuts: FanOuts
  readonly #firstFrame: FirstFrame
  readonly #publishers = new Map<
    string,
    { session: PublisherSession; broadcastId: string; pipe: MediaPipe }
  >()
  readonly #viewers = new Map<string, { session: ViewerSession; broadcastId: string; pipe: MediaPipe }>()
  #tickedAt = 0
  #stopTicking: () => void = () => undefined

  constructor({
    id,
    transport,
    feeds,
    clock,
    logger,
    turns,
    firstFrame = 'group',
    maxBitrate = 8_000_000,
  }: PeerHostOptions) {
    this.id = id
    this.#transport = transport
    this.#feeds = feeds
    this.#logger = logger
    this.#clock = clock
    this.#firstFrame = firstFrame
    this.#events = new Emitter((error) => logger.error({ error }, 'media host listener failed'))
    this.#context = {
      clock,
      logger,
      events: this.#events,
      publisherSilence: 5000,
      viewerSilence: 8000,
      maxBitrate,
    }
    this.#fanOuts = new FanOuts(turns)
    this.#scheduleTick()
  }

  on<Name extends keyof MediaHostEvents>(
    name: Name,
    listener: (fact: MediaHostEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  async publish({ sessionId, broadcastId, offer }: PublishRequest): Promise<SessionAnswer> {
    const description = readOffer(offer)
    const answered = mapSdpErrors(() => answerPublisher(description, placeholder))
    const pipe = await this.#transport.accept(description)
    const { sdp } = answerPublisher(description, pipe.local)
    const session = new PublisherSession({
      id: sessionId,
      feed: this.#feeds.ensure(broadcastId),
      pipe,
      published: answered.tracks,
      context: this.#context,
    })
    this.#publishers.set(sessionId, { session, broadcastId, pipe })
    this.#forget(this.#publishers, sessionId, session)
    return { sdp }
  }

  async watch({ sessionId, broadcastId, offer, tracks }: WatchRequest): Promise<SessionAnswer> {
    const description = readOffer(offer)
    const firstSsrc = Math.floor(Math.random() * 0x7ffffff0) + 1
    const newSsrc = () => {
      let next = firstSsrc
      return () => next++
    }
    mapSdpErrors(() => answerViewer(description, placeholder, tracks, newSsrc()))
    const pipe = await this.#transport.accept(description)
    const { sdp, sent } = answerViewer(description, pipe.local, tracks, newSsrc())
    const session = new ViewerSession({
      id: sessionId,
      pipe,
      sent,
      fanOuts: this.#fanOuts,
      context: this.#context,
      firstFrame: this.#firstFrame,
    })
    this.#viewers.set(sessionId, { session, broadcastId, pipe })
    this.#forget(this.#viewers, sessionId, session)
    this.#feeds.ensure(broadcastId).attach(session)
    return { sdp }
  }

  async addCandidates(sessionId: string, candidates: readonly string[]): Promise<void> {
    const { pipe } = this.#publishers.get(sessionId) ?? this.#viewers.get(sessionId) ?? {}
    for (const candidate of candidates) pipe?.addRemoteCandidate(candidate)
  }

  async selectLayer(sessionId: string, selection: LayerSelection): Promise<void> {
    this.#viewers.get(sessionId)?.session.select(selection)
  }

  async setClockOffset(sessionId: string, offset: number): Promise<void> {
    this.#publishers.get(sessionId)?.session.setClockOffset(offset)
  }

  async closeSession(sessionId: string, reason: CloseReason): Promise<void> {
    await (this.#publishers.get(sessionId) ?? this.#viewers.get(sessionId))?.session.close(reason)
  }

  async closeBroadcast(broadcastId: string, reason: CloseReason): Promise<void> {
    const publishers = [...this.#publishers.values()].filter((entry) => entry.broadcastId === broadcastId)
    await Promise.all(publishers.map(({ session }) => session.close(reason)))
    await this.#feeds.close(broadcastId, reason)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopTicking()
    const sessions = [...this.#publishers.values(), ...this.#viewers.values()]
    await Promise.all(sessions.map(({ session }) => session.close('shutdown')))
  }

  #forget(
    sessions: Map<string, unknown>,
    sessionId: string,
    { closed }: { closed: Promise<CloseReason> },
  ): void {
    void closed.then((reason) => {
      sessions.delete(sessionId)
      this.#events.emit('sessionClosed', { sessionId, reason })
    })
  }

  #scheduleTick(): void {
    this.#stopTicking = this.#clock.after(TICK, () => {
      this.#scheduleTick()
      this.#tick()
    })
  }

  #tick(): void {
    const now = this.#clock.monotonic()
    for (const { session } of this.#publishers.values()) this.#protect(session, () => session.tick(now))
    if (now - this.#tickedAt < SECOND) return
    this.#tickedAt = now
    for (const { session } of this.#viewers.values()) this.#protect(session, () => session.tick())
  }

  /** What goes wrong in one session ends that session only. */
  #protect(session: PublisherSession | ViewerSession, task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#logger.error({ error, session: session.id }, 'session failed')
      void session.close('failed')
    }
  }
}

/** Negotiation is tried before a connection is made for it. */
const placeholder = { iceUfrag: '', icePwd: '', fingerprint: '', setup: 'passive', candidates: [] } as const

function readOffer(offer: string): SessionDescription {
  return mapSdpErrors(() => parseSessionDescription(offer))
}

function mapSdpErrors<Result>(task: () => Result): Result {
  try {
    return task()
  } catch (error) {
    if (error instanceof NoCommonCodecError)
      throw new BroadcastError('no-common-codec', error.message, { cause: error })
    if (error instanceof SdpError)
      throw new BroadcastError('bad-offer', `the offer ${error.message}`, { cause: error })
    throw error
  }
}
