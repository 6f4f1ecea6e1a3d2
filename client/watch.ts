import type { BroadcastState } from './api-types.ts'
import { backOff } from './back-off.ts'
import { broadcastAddress } from './broadcast-address.ts'
import { IncomingMedia } from './incoming-media.ts'
import { ViewingLatency } from './viewing-latency.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import { newPeer } from './new-peer.ts'
import { Pause } from './pause.ts'
import { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import { SdpSession } from './sdp-session.ts'
import { hearSession } from './session-events.ts'
import type { ViewingStatistics } from './statistics.ts'
import { sampleStats } from './stats-sampler.ts'
import { type Connection, stayConnected } from './stay-connected.ts'
import { gatherCandidates, needsTrickle } from './trickle.ts'
import { viewingStatistics } from './viewing-statistics.ts'
import type { LayerChoice, LayerOffer, Playback, Viewing, ViewingState, WatchOptions } from './viewing.ts'
import { WaitForStart } from './wait-for-start.ts'

/** Shows a broadcast of a WHEP endpoint in a video element, and again after every loss, until `close()`. Returns at once. */
export function watch(url: string | URL, video: HTMLVideoElement, options: WatchOptions = {}): Viewing {
  return new WhepViewing(new URL(url, location.href), video, options)
}

const LAYER_RELATION = 'urn:ietf:params:whep:ext:core:layer'

class WhepViewing implements Viewing {
  readonly #url: URL
  readonly #options: WatchOptions
  readonly #media: IncomingMedia
  readonly #latency: ViewingLatency
  readonly #start: WaitForStart
  readonly #lifecycle: Lifecycle<ViewingState>
  readonly #abort = new AbortController()
  readonly #pause = new Pause()
  #iceServers: RTCIceServer[]
  #session: SdpSession | undefined
  #peer: RTCPeerConnection | undefined
  #link: PeerLink | undefined
  #statistics: ViewingStatistics | undefined
  #viewers: number | undefined
  #layers: readonly LayerOffer[] = []
  #choice: LayerChoice = {}
  #wasLive = false
  #publisherAway = false
  #closing: Promise<void> | undefined

  constructor(url: URL, video: HTMLVideoElement, options: WatchOptions) {
    const address = broadcastAddress(url)
    this.#url = url
    this.#options = options
    this.#iceServers = options.iceServers ?? []
    this.#lifecycle = new Lifecycle<ViewingState>('connecting', options.onState)
    this.#latency = new ViewingLatency(video, address)
    this.#start = new WaitForStart(options.events === false ? undefined : address, () => this.#pause.wake())
    this.#media = new IncomingMedia(video, {
      onFlowing: () => this.#flows(),
      onPlayback: (playback) => tell(options.onPlayback, playback),
    })
    const { signal } = this.#abort
    options.signal?.addEventListener('abort', () => void this.close(), { signal })
    globalThis.addEventListener('pagehide', () => this.#pageHides(), { signal })
    if (options.signal?.aborted) void this.close()
    else void this.#run()
  }

  get state(): ViewingState {
    return this.#lifecycle.state
  }

  get problem(): ProblemError | undefined {
    return this.#lifecycle.problem
  }

  get playback(): Playback {
    return this.#media.playback
  }

  get viewers(): number | undefined {
    return this.#viewers
  }

  get layers(): readonly LayerOffer[] {
    return this.#layers
  }

  get latency(): number | null {
    return this.#latency.milliseconds
  }

  get closed(): Promise<'ended' | 'failed'> {
    return this.#lifecycle.closed
  }

  stats(): ViewingStatistics | undefined {
    return this.#statistics
  }

  async setLayer(choice: LayerChoice): Promise<void> {
    this.#choice = choice
    if (this.#session) await this.#chooseLayer(this.#session)
  }

  play(): Promise<void> {
    return this.#media.play()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const goodbye = this.#session?.close()
    this.#letGo()
    this.#lifecycle.finish('ended')
    await goodbye
  }

  #letGo(): void {
    this.#abort.abort()
    this.#start.stop()
    this.#latency.stop()
    this.#media.release()
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    const problem = await stayConnected({
      signal,
      pause: this.#pause,
      connect: () => this.#connect(signal),
      onTrouble: (trouble, attempt) => this.#trouble(trouble, attempt),
    })
    if (!problem) return // closed from here
    this.#letGo()
    this.#lifecycle.finish('failed', problem)
  }

  #trouble(problem: ProblemError, attempt: number): number {
    const notLive = problem.status === 409
    if (notLive) {
      this.#wasLive = false
      this.#media.hangUp()
      this.#start.begin()
    }
    const retryIn = notLive
      ? this.#start.patience(attempt, problem.retryAfter)
      : backOff(attempt, problem.retryAfter)
    const state = notLive
      ? problem.code === 'broadcast-ended'
        ? 'ended'
        : 'offline'
      : this.#wasLive
        ? 'reconnecting'
        : 'connecting'
    this.#lifecycle.become(state, { problem, retryIn, attempt: attempt + 1 })
    return retryIn
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const peer = newPeer(this.#iceServers)
    const candidates = needsTrickle(this.#iceServers) ? gatherCandidates(peer) : undefined
    let session: SdpSession
    try {
      const { media = 'both' } = this.#options
      if (media !== 'audio') peer.addTransceiver('video', { direction: 'recvonly' })
      if (media !== 'video') peer.addTransceiver('audio', { direction: 'recvonly' })
      await peer.setLocalDescription()
      // At once, without candidates: the server learns ours from the checks we send to its own.
      const offer = peer.localDescription?.sdp ?? ''
      session = await SdpSession.open(this.#url, offer, { bearer: this.#options.token, signal })
    } catch (error) {
      peer.close()
      throw error
    }
    return this.#answered(peer, session, { candidates, signal })
  }

  async #answered(
    peer: RTCPeerConnection,
    session: SdpSession,
    {
      candidates,
      signal,
    }: { candidates: ReturnType<typeof gatherCandidates> | undefined; signal: AbortSignal },
  ): Promise<Connection> {
    this.#start.stop()
    this.#session = session
    this.#peer = peer
    if (session.iceServers.length > 0) this.#iceServers = [...session.iceServers]
    this.#media.show(peer)
    const link = new PeerLink(peer)
    this.#link = link
    const abort = () => link.lose(new ProblemError('closed', 'Closed by this page.'))
    signal.addEventListener('abort', abort, { once: true })
    const lost = link.lost.then((problem) => {
      signal.removeEventListener('abort', abort)
      void session.close() // so that the server need not wait for our silence
      return problem
    })
    try {
      await peer.setRemoteDescription({ type: 'answer', sdp: session.answer })
      candidates?.sendTo(session, signal)
      await link.connected
    } catch (error) {
      link.lose(
        new ProblemError('browser-failed', 'The browser refused the answer of the server.', { cause: error }),
      )
      throw error
    }
    this.#up(peer, session, link)
    return { lost }
  }

  #up(peer: RTCPeerConnection, session: SdpSession, link: PeerLink): void {
    const over = new AbortController()
    if (this.#lifecycle.state !== 'reconnecting') this.#lifecycle.become('waiting')
    const stopSampling = sampleStats(peer, (reading) => {
      if (reading.interval === 0) return
      const before = this.#statistics?.framesDecoded ?? 0
      const statistics = viewingStatistics(reading, this.#statistics)
      this.#statistics = statistics
      const pictures = statistics.framesDecoded > before
      this.#media.received(peer, { pictures, bytes: statistics.bitrate > 0 })
      tell(this.#options.onStatistics, statistics)
    })
    void link.lost.then(() => {
      over.abort()
      stopSampling()
      this.#statistics = undefined
      this.#publisherAway = false
      this.#latency.reset()
    })
    if (this.#options.events !== false) this.#hear(session, link, over.signal)
    if (Object.keys(this.#choice).length > 0) void this.#chooseLayer(session).catch(() => undefined) // gone since
  }

  #hear(session: SdpSession, link: PeerLink, signal: AbortSignal): void {
    const { onViewers, onLayers } = this.#options
    void hearSession(
      session,
      {
        onState: (state) => this.#broadcastIs(state, link),
        onViewers: (viewers) => {
          if (viewers === this.#viewers) return
          this.#viewers = viewers
          tell(onViewers, viewers)
        },
        onLayers: (layers) => {
          this.#layers = layers
          tell(onLayers, layers)
        },
        onClock: (clock) => this.#latency.captured(clock),
        onReconnect: () => link.lose(new ProblemError('reconnect', 'The server asks for a new connection.')),
        onBroken: () => link.probe(),
      },
      signal,
    ).catch(() => undefined) // watching goes on without
  }

  #broadcastIs(state: BroadcastState, link: PeerLink): void {
    const wasAway = this.#publisherAway
    this.#publisherAway = state === 'reconnecting'
    if (state === 'ended')
      link.lose(
        new ProblemError('broadcast-ended', 'The broadcast has ended.', { status: 409, retryAfter: 3 }),
      )
    else if (this.#publisherAway)
      this.#lifecycle.become('reconnecting', {
        problem: new ProblemError(
          'publisher-lost',
          'The publisher lost the connection and is expected back.',
        ),
      })
    else if (wasAway) this.#media.expectPicture()
  }

  #flows(): void {
    if (this.#publisherAway) return
    this.#wasLive = true
    this.#lifecycle.become('live')
  }

  async #chooseLayer(session: SdpSession): Promise<void> {
    const link = session.links.find(({ rel }) => rel === LAYER_RELATION)
    if (!link)
      throw new ProblemError('no-layers', 'This server offers no choice of quality.', { final: true })
    const video = this.#peer?.getTransceivers().find(({ receiver }) => receiver.track.kind === 'video')
    await session.post(link.url, { mediaId: video?.mid ?? undefined, ...this.#choice }, this.#abort.signal)
  }

  #pageHides(): void {
    void this.#session?.close()
    this.#link?.lose(new ProblemError('page-hidden', 'The page was left.')) // one that is shown again comes back
  }
}
