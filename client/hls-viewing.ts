import type { BroadcastView } from './api-types.ts'
import { Autoplay } from './autoplay.ts'
import { backOff } from './back-off.ts'
import { type BroadcastAddress, broadcastAddress } from './broadcast-address.ts'
import { measureClockOffset, pageClock } from './clock-sync.ts'
import { HlsStatistics } from './hls-statistics.ts'
import { type HlsFailure, type HlsPlayer, openHlsPlayer } from './hls-player.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import { followBroadcasts } from './live-list.ts'
import { ProblemError } from './problem-error.ts'
import type { ViewingStatistics } from './statistics.ts'
import type {
  LayerChoice,
  LayerOffer,
  Playback,
  RewindableViewing,
  ViewingState,
  WatchOptions,
} from './viewing.ts'

export type HlsWatchOptions = WatchOptions & {
  /** Begin that many seconds behind live. */
  behind?: number | undefined
}

/** Closer than this is live, in seconds. */
const AT_LIVE = 5
/** A picture that stands still for this long is told, in milliseconds. */
const STALLED_AFTER = 800
const LOOK_EVERY = 1000
/** A player that can not go on is made anew; after this long without trouble the next one is a new story. */
const STEADY = 10_000

/** Shows a broadcast of an HLS playlist in a video element, and again after every loss, until `close()`. Returns at once. */
export function watchHls(
  url: string | URL,
  video: HTMLVideoElement,
  options: HlsWatchOptions = {},
): RewindableViewing {
  return new HlsViewing(new URL(url, location.href), video, options)
}

/** A viewing that goes on through losses, made of one player after the other. `open` makes them. */
export class HlsViewing implements RewindableViewing {
  readonly #url: URL
  readonly #video: HTMLVideoElement
  readonly #options: HlsWatchOptions
  readonly #openPlayer: typeof openHlsPlayer
  readonly #address: BroadcastAddress | undefined
  readonly #lifecycle: Lifecycle<ViewingState>
  readonly #abort = new AbortController()
  readonly #autoplay: Autoplay
  readonly #figures: HlsStatistics
  #player: HlsPlayer | undefined
  #opening = 0
  #attempt = 0
  #openedAt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #stall: ReturnType<typeof setTimeout> | undefined
  #startBehind: number
  #clockOffset: number | undefined
  #viewers: number | undefined
  #layers: readonly LayerOffer[] = []
  #choice: LayerChoice = {}
  #isOver = false
  /** A broadcast may begin again before its end was shown. */
  #isOnAir = false

  constructor(url: URL, video: HTMLVideoElement, options: HlsWatchOptions, open = openHlsPlayer) {
    this.#url = url
    this.#video = video
    this.#options = options
    this.#openPlayer = open
    this.#address = broadcastAddress(url)
    this.#startBehind = options.behind ?? 0
    this.#lifecycle = new Lifecycle<ViewingState>('connecting', options.onState)
    const { signal } = this.#abort
    this.#autoplay = new Autoplay(video, {
      onPlayback: (playback) => tell(options.onPlayback, playback),
      signal,
    })
    this.#figures = new HlsStatistics(video)
    video.srcObject = null
    video.addEventListener('playing', () => this.#flows(), { signal })
    video.addEventListener('timeupdate', () => this.#flows(), { signal })
    video.addEventListener('waiting', () => this.#stalls(), { signal })
    video.addEventListener('loadedmetadata', () => this.#begins(), { signal })
    video.addEventListener('ended', () => this.#ends(), { signal })
    options.signal?.addEventListener('abort', () => void this.close(), { signal })
    globalThis.addEventListener('pagehide', () => this.#sayGoodbye(), { signal })
    const timer = setInterval(() => this.#look(), LOOK_EVERY)
    signal.addEventListener('abort', () => clearInterval(timer))
    if (options.signal?.aborted) void this.close()
    else {
      this.#follow()
      this.#open()
    }
  }

  get state(): ViewingState {
    return this.#lifecycle.state
  }

  get problem(): ProblemError | undefined {
    return this.#lifecycle.problem
  }

  get playback(): Playback {
    return this.#autoplay.playback
  }

  get viewers(): number | undefined {
    return this.#viewers
  }

  get layers(): readonly LayerOffer[] {
    return this.#layers
  }

  get latency(): number | null {
    const takenAt = this.#player?.pictureTakenAt ?? null
    if (takenAt === null || this.#clockOffset === undefined) return null
    return pageClock() + this.#clockOffset - takenAt
  }

  get closed(): Promise<'ended' | 'failed'> {
    return this.#lifecycle.closed
  }

  get window(): number {
    const { seekable } = this.#video
    const live = this.#player?.liveAt
    return seekable.length > 0 && live !== undefined ? Math.max(0, live - seekable.start(0)) : 0
  }

  get behind(): number {
    const live = this.#player?.liveAt
    if (live === undefined || this.#isOver) return 0
    const behind = live - this.#video.currentTime
    return behind < AT_LIVE ? 0 : behind
  }

  stats(): ViewingStatistics | undefined {
    return this.#figures.latest
  }

  async setLayer(choice: LayerChoice): Promise<void> {
    this.#choice = choice
    this.#player?.choose(choice)
  }

  seekBehind(seconds: number): void {
    const live = this.#player?.liveAt
    if (live === undefined) {
      this.#startBehind = seconds
      return
    }
    const start = this.#video.seekable.length > 0 ? this.#video.seekable.start(0) : 0
    this.#video.currentTime = Math.max(start, live - seconds)
    void this.#autoplay.start()
  }

  goLive(): void {
    this.seekBehind(0)
  }

  play(): Promise<void> {
    return this.#autoplay.play()
  }

  async close(): Promise<void> {
    this.#abort.abort()
    clearTimeout(this.#retry)
    clearTimeout(this.#stall)
    this.#closePlayer()
    this.#lifecycle.finish('ended')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #open(): void {
    this.#closePlayer()
    this.#openedAt = performance.now()
    const opening = ++this.#opening
    const isCurrent = () => opening === this.#opening && !this.#abort.signal.aborted
    const listeners = {
      onLayers: (layers: readonly LayerOffer[]) => {
        this.#layers = layers
        if (this.#choice.rid !== undefined) this.#player?.choose(this.#choice)
        tell(this.#options.onLayers, layers)
      },
      onBytes: (bytes: number) => this.#figures.received(bytes),
      onFailure: (failure: HlsFailure) => {
        if (isCurrent()) this.#failed(failure)
      },
      onLastSegment: () => {
        this.#isOver = true
      },
    }
    this.#isOver = false
    const { token } = this.#options
    this.#openPlayer(this.#url, this.#video, listeners, { token, signal: this.#abort.signal }).then(
      (player) => {
        if (isCurrent()) this.#player = player
        else player?.destroy()
      },
      (error: unknown) => listeners.onFailure({ status: undefined, message: String(error) }),
    )
  }

  #closePlayer(): void {
    this.#opening++
    this.#sayGoodbye()
    this.#player?.destroy()
    this.#player = undefined
  }

  /** Or the server would count this viewer until it has been silent for a while. */
  #sayGoodbye(): void {
    const playlist = this.#player?.playlist
    if (playlist === undefined || !this.#address) return
    const { search, searchParams } = new URL(playlist, this.#url)
    if (!searchParams.has('session')) return
    const url = new URL(`leave${search}`, this.#url)
    fetch(url, { method: 'POST', keepalive: true }).catch(() => undefined) // it will be noticed
  }

  #failed({ status, message, unsupported = false }: HlsFailure): void {
    this.#closePlayer()
    const wasSteady = performance.now() - this.#openedAt > STEADY
    if (wasSteady) this.#attempt = 0
    const isAbsent = status === 404 || status === 409
    // What a player was let in by may run out before its right does: then it is asked for anew.
    const isRefused = (status === 401 || status === 403) && !wasSteady
    if (unsupported || isRefused || status === 422) {
      const code = unsupported ? 'unsupported' : 'hls-failed'
      this.#lifecycle.finish('failed', new ProblemError(code, message, { status: status ?? 0, final: true }))
      void this.close()
      return
    }
    const retryIn = backOff(isAbsent ? Math.max(2, this.#attempt) : this.#attempt, 0)
    const problem = new ProblemError(isAbsent ? 'broadcast-not-live' : 'hls-failed', message, {
      ...(status !== undefined && { status }),
    })
    const wasOn = this.state === 'live' || this.state === 'reconnecting'
    const state =
      this.state === 'ended' ? 'ended' : isAbsent ? 'offline' : wasOn ? 'reconnecting' : 'connecting'
    this.#lifecycle.become(state, { problem, retryIn, attempt: ++this.#attempt })
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#open(), retryIn)
  }

  #begins(): void {
    if (this.state !== 'reconnecting') this.#lifecycle.become('waiting')
    if (this.#startBehind > 0) this.seekBehind(this.#startBehind)
    this.#startBehind = 0
    void this.#autoplay.start()
    if (this.#clockOffset === undefined && this.#address)
      measureClockOffset(new URL('api/time', this.#address.server), {
        signal: this.#abort.signal,
        now: pageClock,
      }).then(
        ({ offset }) => (this.#clockOffset = offset),
        () => undefined, // no figure rather than a wrong one
      )
  }

  #flows(): void {
    const { paused, readyState } = this.#video
    // An element that has run dry tells the time once more.
    if (readyState < HTMLMediaElement.HAVE_FUTURE_DATA || (paused && this.state !== 'waiting')) return
    clearTimeout(this.#stall)
    this.#stall = undefined
    this.#lifecycle.become('live')
  }

  #stalls(): void {
    if (this.state !== 'live' || this.#stall !== undefined) return
    this.#stall = setTimeout(() => {
      this.#stall = undefined
      if (this.#isOver && this.#video.ended) return
      this.#figures.froze()
      this.#lifecycle.become('reconnecting')
    }, STALLED_AFTER)
  }

  #ends(): void {
    if (!this.#video.ended) return // what the element showed before us
    this.#closePlayer()
    this.#lifecycle.become('ended')
    if (this.#isOnAir) this.#openAgain()
  }

  #openAgain(): void {
    this.#attempt = 0
    clearTimeout(this.#retry)
    this.#lifecycle.become('connecting')
    this.#open()
  }

  #look(): void {
    const { state } = this
    if (state !== 'live' && state !== 'reconnecting') return
    const statistics = this.#figures.look(this.#player?.codecs)
    tell(this.#options.onStatistics, statistics)
  }

  #follow(): void {
    if (this.#options.events === false || !this.#address) return
    const { id, server } = this.#address
    const heard = ({ id: about, viewers, state }: BroadcastView) => {
      if (about !== id) return
      this.#isOnAir = state === 'live' || state === 'reconnecting'
      if (viewers !== this.#viewers) {
        this.#viewers = viewers
        tell(this.#options.onViewers, viewers)
      }
      if (state === 'ended' && !this.#player) this.#lifecycle.become('ended')
    }
    const started = (view: BroadcastView) => {
      heard(view)
      if (view.id === id && !this.#player) this.#openAgain()
    }
    const stop = followBroadcasts(
      { onList: (list) => list.forEach(heard), onStarted: started, onUpdated: heard, onEnded: heard },
      { server, broadcast: id, token: this.#options.token },
    )
    this.#abort.signal.addEventListener('abort', stop)
  }
}
