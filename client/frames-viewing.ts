import { broadcastAddress } from './broadcast-address.ts'
import { backOff } from './back-off.ts'
import { measureClockOffset, pageClock } from './clock-sync.ts'
import { type FramesMessage, FramesSocket } from './frames-socket.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import { Pause } from './pause.ts'
import { ProblemError } from './problem-error.ts'
import type { ViewingStatistics } from './statistics.ts'
import { type Connection, stayConnected } from './stay-connected.ts'
import type { LayerOffer, Playback, Viewing, ViewingState, WatchOptions } from './viewing.ts'
import { WaitForStart } from './wait-for-start.ts'

/** What a viewing of frames can be told at its start. */
export type FramesWatchOptions = Pick<
  WatchOptions,
  'token' | 'events' | 'onState' | 'onPlayback' | 'onViewers' | 'onStatistics' | 'signal'
> & {
  /** Frames per second at most; all when absent. */
  maxFps?: number | undefined
}

/** Shows JPEG frames in a canvas: decoded beside the page's own work, drawn when the screen is, the newest only. */
export class LiveFramesViewing implements Viewing {
  readonly playback: Playback = 'playing'
  readonly layers: readonly LayerOffer[] = []
  readonly #url: URL
  readonly #canvas: HTMLCanvasElement
  readonly #options: FramesWatchOptions
  readonly #lifecycle: Lifecycle<ViewingState>
  readonly #abort = new AbortController()
  readonly #pause = new Pause()
  readonly #start: WaitForStart
  #socket: FramesSocket | undefined
  #viewers: number | undefined
  #latency: number | null = null
  #clockOffset: number | undefined
  /** When the next frame was taken, where that was told. */
  #capturedAt: number | undefined
  #isDecoding = false
  #waiting: { jpeg: Blob; capturedAt: number | undefined } | undefined
  #next: { picture: ImageBitmap; capturedAt: number | undefined } | undefined
  #drawing = 0
  #publisherAway = false
  #second = { frames: 0, bytes: 0 }
  #total = { frames: 0, dropped: 0 }
  #statistics: ViewingStatistics | undefined

  constructor(url: URL, canvas: HTMLCanvasElement, options: FramesWatchOptions) {
    this.#url = url
    this.#canvas = canvas
    this.#options = options
    this.#lifecycle = new Lifecycle<ViewingState>('connecting', options.onState)
    const address = broadcastAddress(url)
    this.#start = new WaitForStart(options.events === false ? undefined : address, {
      token: options.token,
      onStart: () => this.#pause.wake(),
    })
    const { signal } = this.#abort
    options.signal?.addEventListener('abort', () => void this.close(), { signal })
    globalThis.addEventListener('pagehide', () => this.#socket?.close(), { signal })
    const timer = setInterval(() => this.#count(), 1000)
    signal.addEventListener('abort', () => clearInterval(timer))
    if (address)
      measureClockOffset(new URL('api/time', address.server), { signal, now: pageClock }).then(
        ({ offset }) => (this.#clockOffset = offset),
        () => undefined, // no figure rather than a wrong one
      )
    if (options.signal?.aborted) void this.close()
    else void this.#run()
  }

  get state(): ViewingState {
    return this.#lifecycle.state
  }

  get problem(): ProblemError | undefined {
    return this.#lifecycle.problem
  }

  get viewers(): number | undefined {
    return this.#viewers
  }

  get latency(): number | null {
    return this.#latency
  }

  get closed(): Promise<'ended' | 'failed'> {
    return this.#lifecycle.closed
  }

  stats(): ViewingStatistics | undefined {
    return this.#statistics
  }

  /** There is only one. */
  async setLayer(): Promise<void> {}

  /** It plays, and has no sound. */
  async play(): Promise<void> {}

  async close(): Promise<void> {
    this.#letGo()
    this.#lifecycle.finish('ended')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #letGo(): void {
    this.#abort.abort()
    this.#start.stop()
    this.#socket?.close()
    cancelAnimationFrame(this.#drawing)
    this.#next?.picture.close()
    this.#next = undefined
    this.#waiting = undefined
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    const problem = await stayConnected({
      ...{ signal, pause: this.#pause },
      connect: () => this.#connect(signal),
      onTrouble: (trouble, attempt) => this.#trouble(trouble, attempt),
    })
    if (!problem) return
    this.#letGo()
    this.#lifecycle.finish('failed', problem)
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const socket = await FramesSocket.open(this.#url, {
      ...{ role: 'viewer', bearer: this.#options.token, signal },
      onMessage: (message) => this.#heard(message),
      onFrame: (jpeg) => this.#received(jpeg),
    })
    this.#socket = socket
    this.#start.stop()
    const { maxFps } = this.#options
    if (maxFps !== undefined) socket.send({ type: 'limit', maxFps })
    return { lost: socket.lost }
  }

  #heard(message: FramesMessage): void {
    if (message.type === 'clock') this.#capturedAt = message.capturedAt
    if (message.type === 'welcome' && this.state !== 'reconnecting')
      this.#lifecycle.become(message.state === 'created' ? 'offline' : 'waiting')
    if (message.type !== 'state') return
    const { state, viewers } = message
    if (viewers !== this.#viewers) {
      this.#viewers = viewers
      tell(this.#options.onViewers, viewers)
    }
    this.#publisherAway = state === 'reconnecting'
    if (this.#publisherAway)
      this.#lifecycle.become('reconnecting', {
        problem: new ProblemError(
          'publisher-lost',
          'The publisher lost the connection and is expected back.',
        ),
      })
  }

  #trouble(problem: ProblemError, attempt: number): number {
    this.#publisherAway = false
    const isOver = problem.status === 409
    if (isOver) this.#start.begin()
    const retryIn = isOver
      ? this.#start.patience(attempt, problem.retryAfter)
      : backOff(attempt, problem.retryAfter)
    const wasOn = this.state === 'live' || this.state === 'reconnecting'
    const state =
      problem.code === 'broadcast-ended'
        ? 'ended'
        : isOver
          ? 'offline'
          : wasOn
            ? 'reconnecting'
            : 'connecting'
    this.#lifecycle.become(state, { problem, retryIn, attempt: attempt + 1 })
    return retryIn
  }

  /** One is decoded at a time; meanwhile only the newest waits. */
  #received(jpeg: Blob): void {
    this.#second.bytes += jpeg.size
    const frame = { jpeg, capturedAt: this.#capturedAt }
    this.#capturedAt = undefined
    if (this.#waiting) this.#total.dropped++
    this.#waiting = frame
    if (!this.#isDecoding) void this.#decode()
  }

  async #decode(): Promise<void> {
    this.#isDecoding = true
    for (let frame = this.#waiting; frame; frame = this.#waiting) {
      this.#waiting = undefined
      try {
        this.#show(await createImageBitmap(frame.jpeg), frame.capturedAt)
      } catch {
        this.#total.dropped++ // a picture that is broken inside is left out
      }
    }
    this.#isDecoding = false
  }

  #show(picture: ImageBitmap, capturedAt: number | undefined): void {
    if (this.#abort.signal.aborted) {
      picture.close()
      return
    }
    if (this.#next) {
      this.#total.dropped++
      this.#next.picture.close()
    }
    this.#next = { picture, capturedAt: capturedAt ?? this.#next?.capturedAt }
    this.#drawing ||= requestAnimationFrame(() => this.#draw())
  }

  #draw(): void {
    this.#drawing = 0
    const next = this.#next
    if (!next) return
    this.#next = undefined
    const { picture, capturedAt } = next
    if (this.#canvas.width !== picture.width) this.#canvas.width = picture.width
    if (this.#canvas.height !== picture.height) this.#canvas.height = picture.height
    this.#canvas.getContext('2d', { alpha: false })?.drawImage(picture, 0, 0)
    picture.close()
    this.#second.frames++
    if (capturedAt !== undefined && this.#clockOffset !== undefined)
      this.#latency = Math.max(0, pageClock() + this.#clockOffset - capturedAt)
    if (!this.#publisherAway) this.#lifecycle.become('live')
  }

  #count(): void {
    const { frames, bytes } = this.#second
    this.#second = { frames: 0, bytes: 0 }
    if (this.state !== 'live' && this.state !== 'reconnecting') return
    this.#total.frames += frames
    const { width, height } = this.#canvas
    this.#statistics = {
      ...{ bitrate: bytes * 8, loss: 0, roundTrip: null, framesPerSecond: frames, width, height },
      ...{ framesDecoded: this.#total.frames, framesDropped: this.#total.dropped },
      ...{ freezeCount: 0, freezeDuration: 0, videoCodec: 'JPEG', audioCodec: null, jitterBuffer: null },
    }
    tell(this.#options.onStatistics, this.#statistics)
  }
}
