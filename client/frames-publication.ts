import { backOff } from './back-off.ts'
import { broadcastAddress } from './broadcast-address.ts'
import { measureClockOffset, pageClock } from './clock-sync.ts'
import { FramesRate, type FramesWish } from './frames-rate.ts'
import { type FramesMessage, FramesSocket } from './frames-socket.ts'
import { JpegEncoder } from './jpeg-encoder.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import type { ProblemError } from './problem-error.ts'
import type { Publication, PublicationState, PublishOptions } from './publication.ts'
import type { PublicationStatistics } from './statistics.ts'
import { type Connection, stayConnected } from './stay-connected.ts'

/** What a publication of frames can be told at its start. */
export type FramesPublishOptions = Pick<PublishOptions, 'key' | 'onState' | 'onStatistics' | 'signal'> &
  Partial<FramesWish>

/** A publication whose rate and quality can be changed. */
export interface FramesPublication extends Publication {
  setWish(wish: FramesWish): void
}

/** Where the pictures come from. A stream's is shown by an element that nobody sees. */
export type FramesSource = HTMLVideoElement | HTMLCanvasElement | MediaStream

const DEFAULT: FramesWish = { fps: 15, quality: 0.7 }
/** Pixels; larger pictures are made smaller, for every one is sent whole. */
const LONGEST_SIDE = 1280
const TELL_CLOCK_EVERY = 1000

/** Sends pictures as JPEG, and again after every loss. */
export class LiveFramesPublication implements FramesPublication {
  readonly #url: URL
  readonly #options: FramesPublishOptions
  readonly #lifecycle: Lifecycle<PublicationState>
  readonly #abort = new AbortController()
  readonly #rate: FramesRate
  readonly #encoder = new JpegEncoder()
  readonly #canvas = document.createElement('canvas')
  #source: HTMLVideoElement | HTMLCanvasElement
  #socket: FramesSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isEncoding = false
  #isMuted = false
  #clockOffset: number | undefined
  #toldClockAt = -Infinity
  #wasLive = false
  #statistics: PublicationStatistics | undefined
  #second = { frames: 0, bytes: 0, dropped: 0 }
  #total = { frames: 0, dropped: 0 }

  constructor(url: URL, source: FramesSource, options: FramesPublishOptions) {
    const { fps = DEFAULT.fps, quality = DEFAULT.quality } = options
    this.#url = url
    this.#options = options
    this.#rate = new FramesRate({ fps, quality })
    this.#source = source instanceof MediaStream ? showing(source) : source
    this.#lifecycle = new Lifecycle<PublicationState>('connecting', options.onState)
    const { signal } = this.#abort
    options.signal?.addEventListener('abort', () => void this.close(), { signal })
    globalThis.addEventListener('pagehide', () => this.#socket?.close(), { signal })
    const timer = setInterval(() => this.#count(), 1000)
    signal.addEventListener('abort', () => clearInterval(timer))
    if (options.signal?.aborted) void this.close()
    else void this.#run()
  }

  get state(): PublicationState {
    return this.#lifecycle.state
  }

  get problem(): ProblemError | undefined {
    return this.#lifecycle.problem
  }

  get closed(): Promise<'ended' | 'failed'> {
    return this.#lifecycle.closed
  }

  stats(): PublicationStatistics | undefined {
    return this.#statistics
  }

  setWish(wish: FramesWish): void {
    this.#rate.wish = wish
  }

  async replaceTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    if (kind === 'video') await this.setStream(new MediaStream(track ? [track] : []))
  }

  async setStream(stream: MediaStream): Promise<void> {
    this.#source = showing(stream)
  }

  /** Frames have no sound; a picture that is muted is black. */
  setMuted(kind: 'audio' | 'video', muted: boolean): void {
    if (kind === 'video') this.#isMuted = muted
  }

  isMuted(kind: 'audio' | 'video'): boolean {
    return kind === 'audio' || this.#isMuted
  }

  async close(): Promise<void> {
    this.#letGo()
    this.#lifecycle.finish('ended')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #letGo(): void {
    this.#abort.abort()
    clearTimeout(this.#timer)
    this.#encoder[Symbol.dispose]()
    this.#socket?.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    const problem = await stayConnected({
      signal,
      connect: () => this.#connect(signal),
      onTrouble: (trouble, attempt) => {
        const retryIn = backOff(attempt, trouble.retryAfter)
        const state = this.#wasLive ? 'reconnecting' : 'connecting'
        this.#lifecycle.become(state, { problem: trouble, retryIn, attempt: attempt + 1 })
        return retryIn
      },
    })
    if (!problem) return
    this.#letGo()
    this.#lifecycle.finish(problem.code === 'broadcast-ended' ? 'ended' : 'failed', problem)
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const socket = await FramesSocket.open(this.#url, {
      ...{ role: 'publisher', bearer: this.#options.key, signal },
      onMessage: (message) => this.#heard(message),
    })
    this.#socket = socket
    void this.#measureClock(signal)
    this.#tick(socket)
    const lost = socket.lost.then((problem) => {
      clearTimeout(this.#timer)
      const isOver = problem.code === 'broadcast-ended' && this.#wasLive
      return isOver ? final(problem) : problem
    })
    return { lost }
  }

  #heard(message: FramesMessage): void {
    if (message.type === 'pace') this.#rate.told(message)
    else if (message.type === 'state' && message.state === 'live' && this.#socket) {
      this.#wasLive = true
      this.#lifecycle.become('live')
    }
  }

  #tick(socket: FramesSocket): void {
    if (this.#abort.signal.aborted || socket !== this.#socket) return
    this.#timer = setTimeout(() => this.#tick(socket), 1000 / this.#rate.fps)
    if (this.#isEncoding || !this.#rate.hasRoom(socket.unsent)) {
      this.#second.dropped++
      return
    }
    if (this.#draw()) void this.#encode(socket)
  }

  async #encode(socket: FramesSocket): Promise<void> {
    const capturedAt = pageClock()
    this.#isEncoding = true
    const jpeg = await this.#encoder.encode(this.#canvas, this.#rate.quality)
    this.#isEncoding = false
    if (jpeg) this.#send(socket, jpeg, capturedAt)
  }

  #send(socket: FramesSocket, jpeg: Blob, capturedAt: number): void {
    if (this.#clockOffset !== undefined && capturedAt - this.#toldClockAt >= TELL_CLOCK_EVERY) {
      this.#toldClockAt = capturedAt
      socket.send({ type: 'clock', capturedAt: capturedAt + this.#clockOffset })
    }
    socket.send(jpeg)
    this.#rate.sent(jpeg.size)
    this.#second.frames++
    this.#second.bytes += jpeg.size
  }

  /** False while there is no picture yet. */
  #draw(): boolean {
    const source = this.#source
    const [width, height] =
      source instanceof HTMLVideoElement
        ? [source.videoWidth, source.videoHeight]
        : [source.width, source.height]
    if (width === 0 || height === 0) return false
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height))
    const size = { width: Math.round(width * scale), height: Math.round(height * scale) }
    if (this.#canvas.width !== size.width) this.#canvas.width = size.width
    if (this.#canvas.height !== size.height) this.#canvas.height = size.height
    const context = this.#canvas.getContext('2d', { alpha: false })
    if (!context) return false
    if (this.#isMuted) context.fillRect(0, 0, size.width, size.height)
    else context.drawImage(source, 0, 0, size.width, size.height)
    return true
  }

  #count(): void {
    const { frames, bytes, dropped } = this.#second
    this.#second = { frames: 0, bytes: 0, dropped: 0 }
    if (this.state !== 'live') return
    this.#total = { frames: this.#total.frames + frames, dropped: this.#total.dropped + dropped }
    const { width, height } = this.#canvas
    const layer = { rid: '', bitrate: bytes * 8, framesPerSecond: frames, width, height }
    const qualityLimitation = dropped > frames / 4 ? ('bandwidth' as const) : ('none' as const)
    this.#statistics = {
      ...{ bitrate: bytes * 8, loss: 0, roundTrip: null, framesPerSecond: frames, width, height },
      framesEncoded: this.#total.frames,
      framesDropped: this.#total.dropped,
      ...{ videoCodec: 'JPEG', audioCodec: null, qualityLimitation },
      layers: [{ ...layer, qualityLimitation }],
    }
    tell(this.#options.onStatistics, this.#statistics)
  }

  async #measureClock(signal: AbortSignal): Promise<void> {
    const address = broadcastAddress(this.#url)
    if (!address) return
    const measured = await measureClockOffset(new URL('api/time', address.server), {
      ...{ signal, now: pageClock },
    }).catch(() => undefined) // viewers see a smaller delay than there is, by the way to the server
    this.#clockOffset = measured?.offset
  }
}

/** A broadcast that somebody stopped is not to be begun again by whoever sent it. */
function final(problem: ProblemError): ProblemError {
  return Object.defineProperty(problem, 'final', { value: true })
}

function showing(stream: MediaStream): HTMLVideoElement {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  video.srcObject = new MediaStream(stream.getVideoTracks())
  void video.play().catch(() => undefined) // without a picture there is nothing to play
  return video
}
