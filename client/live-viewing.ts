import type { BroadcastState } from './api-types.ts'
import { backOff } from './back-off.ts'
import type { BroadcastAddress } from './broadcast-address.ts'
import { IncomingMedia } from './incoming-media.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import { Pause } from './pause.ts'
import type { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import type { CaptureClock } from './session-events.ts'
import type { ViewingStatistics } from './statistics.ts'
import { sampleStats } from './stats-sampler.ts'
import { type Connection, stayConnected } from './stay-connected.ts'
import { ViewingLatency } from './viewing-latency.ts'
import { viewingStatistics } from './viewing-statistics.ts'
import type { LayerChoice, LayerOffer, Playback, Viewing, ViewingState, WatchOptions } from './viewing.ts'
import { WaitForStart } from './wait-for-start.ts'

/** What a door does to a viewing. */
export interface ViewingStage {
  readonly choice: LayerChoice
  /** The connection whose tracks are to be shown, before its description is applied. */
  show(peer: RTCPeerConnection): void
  /** It is up: media can flow. */
  connected(peer: RTCPeerConnection, link: PeerLink): void
  /** What the server says of the broadcast. Its end loses the connection. */
  broadcastIs(state: BroadcastState): void
  countedViewers(viewers: number): void
  offeredLayers(layers: readonly LayerOffer[]): void
  captured(clock: CaptureClock): void
}

/** The way media comes in by. */
export interface ViewerDoor {
  /** Resolves when it has reached the server. Rejects with the reason to try again or, where it is final, not to. */
  connect(stage: ViewingStage, signal: AbortSignal): Promise<Connection>
  /** Rejects with ProblemError. */
  chooseLayer(choice: LayerChoice, signal: AbortSignal): Promise<void>
  /** Gives the present connection up, if there is one. */
  lose(problem: ProblemError): void
  /** Says goodbye; also when the page goes. Any number of times. */
  leave(): Promise<void>
}

/** After a restart of the server. */
const PUBLISHER_RETURNS_WITHIN = 10_000
/** Meanwhile the waits are those of this attempt. */
const RETURNING = 3

/** A viewing that goes on through losses, whichever way its media comes in by. */
export class LiveViewing implements Viewing, ViewingStage {
  readonly #door: ViewerDoor
  readonly #options: WatchOptions
  readonly #media: IncomingMedia
  readonly #latency: ViewingLatency
  readonly #start: WaitForStart
  readonly #lifecycle: Lifecycle<ViewingState>
  readonly #abort = new AbortController()
  readonly #pause = new Pause()
  #statistics: ViewingStatistics | undefined
  #viewers: number | undefined
  #layers: readonly LayerOffer[] = []
  #choice: LayerChoice = {}
  #wasLive = false
  #publisherAway = false
  #unreachableAt: number | undefined
  #closing: Promise<void> | undefined

  constructor(
    door: ViewerDoor,
    video: HTMLVideoElement,
    { address, ...options }: WatchOptions & { address: BroadcastAddress | undefined },
  ) {
    this.#door = door
    this.#options = options
    this.#lifecycle = new Lifecycle<ViewingState>('connecting', options.onState)
    this.#latency = new ViewingLatency(video, address)
    this.#start = new WaitForStart(options.events === false ? undefined : address, {
      token: options.token,
      onStart: () => this.#pause.wake(),
    })
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

  get choice(): LayerChoice {
    return this.#choice
  }

  stats(): ViewingStatistics | undefined {
    return this.#statistics
  }

  async setLayer(choice: LayerChoice): Promise<void> {
    this.#choice = choice
    await this.#door.chooseLayer(choice, this.#abort.signal)
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

  show(peer: RTCPeerConnection): void {
    this.#start.stop()
    const { state } = this.#lifecycle
    if (state === 'offline' || state === 'ended') this.#lifecycle.become('connecting')
    this.#media.show(peer)
  }

  connected(peer: RTCPeerConnection, link: PeerLink): void {
    // A fast picture is there before the browser tells that it is connected.
    if (this.#lifecycle.state !== 'reconnecting' && !this.#media.flows(peer))
      this.#lifecycle.become('waiting')
    const stopSampling = sampleStats(peer, (reading) => {
      const before = this.#statistics?.framesDecoded ?? 0
      const statistics = viewingStatistics(reading, this.#statistics)
      this.#statistics = statistics
      const pictures = statistics.framesDecoded > before
      this.#media.received(peer, { pictures, bytes: statistics.bitrate > 0 })
      tell(this.#options.onStatistics, statistics)
    })
    void link.lost.then(() => {
      stopSampling()
      this.#statistics = undefined
      this.#latency.reset()
    })
  }

  broadcastIs(state: BroadcastState): void {
    const wasAway = this.#publisherAway
    this.#publisherAway = state === 'reconnecting'
    if (this.#publisherAway && wasAway) return
    if (state === 'ended') this.#door.lose(broadcastEnded())
    else if (state === 'created') this.#lifecycle.become('offline')
    else if (this.#publisherAway)
      this.#lifecycle.become('reconnecting', {
        problem: new ProblemError(
          'publisher-lost',
          'The publisher lost the connection and is expected back.',
        ),
      })
    else if (wasAway) this.#media.expectPicture()
  }

  countedViewers(viewers: number): void {
    if (viewers === this.#viewers) return
    this.#viewers = viewers
    tell(this.#options.onViewers, viewers)
  }

  offeredLayers(layers: readonly LayerOffer[]): void {
    if (JSON.stringify(layers) === JSON.stringify(this.#layers)) return
    this.#layers = layers
    tell(this.#options.onLayers, layers)
  }

  captured(clock: CaptureClock): void {
    this.#latency.captured(clock)
  }

  async #close(): Promise<void> {
    const goodbye = this.#door.leave()
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
      connect: () => this.#door.connect(this, signal),
      onTrouble: (trouble, attempt) => this.#trouble(trouble, attempt),
    })
    if (!problem) return // closed from here
    this.#letGo()
    this.#lifecycle.finish('failed', problem)
  }

  #trouble(problem: ProblemError, attempt: number): number {
    this.#publisherAway = false
    if (problem.code === 'unreachable') this.#unreachableAt = performance.now()
    const notLive = problem.status === 409
    const returning = notLive && this.#wasLive && this.#serverIsBack()
    if (notLive) this.#start.begin()
    if (notLive && !returning) {
      this.#wasLive = false
      this.#media.hangUp()
    }
    const retryIn =
      notLive && !returning
        ? this.#start.patience(attempt, problem.retryAfter)
        : backOff(returning ? RETURNING : attempt, returning ? 0 : problem.retryAfter)
    const state = returning ? 'reconnecting' : this.#stateIn(problem)
    this.#lifecycle.become(state, { problem, retryIn, attempt: attempt + 1 })
    return retryIn
  }

  /** A server that has restarted knows no publisher at first; ours was there, and will be again. */
  #serverIsBack(): boolean {
    return (
      this.#unreachableAt !== undefined && performance.now() - this.#unreachableAt < PUBLISHER_RETURNS_WITHIN
    )
  }

  #stateIn({ status, code }: ProblemError): ViewingState {
    if (code === 'broadcast-ended') return 'ended'
    if (status === 409) return 'offline'
    return this.#wasLive ? 'reconnecting' : 'connecting'
  }

  #flows(): void {
    if (this.#publisherAway) return
    this.#wasLive = true
    this.#unreachableAt = undefined
    this.#lifecycle.become('live')
  }

  #pageHides(): void {
    void this.#door.leave()
    this.#door.lose(new ProblemError('page-hidden', 'The page was left.')) // one that is shown again comes back
  }
}

function broadcastEnded(): ProblemError {
  return new ProblemError('broadcast-ended', 'The broadcast has ended.', { status: 409, retryAfter: 3 })
}
