import type { Broadcast } from '../../core/broadcast.ts'
import type { Clock, CloseReason } from '../../core/ports.ts'
import type { Session } from '../../core/session.ts'
import type { TrackInfo } from '../../core/track-info.ts'
import { Frame } from './frame.ts'
import type { FrameRoom } from './frame-room.ts'
import type { PaceMessage } from './frame-messages.ts'

export type FramePublisherOptions = {
  id: string
  address: string
  broadcast: Broadcast
  clock: Pick<Clock, 'monotonic' | 'now'>
  /** Tells it how fast its frames are taken. */
  tell: (pace: PaceMessage) => void
  /** Ends its connection; `gone` is to be called when that is so. */
  hangUp: (reason: CloseReason) => void
}

/** Milliseconds between two pictures for the live list, and the largest of those, in bytes. */
const THUMBNAIL_EVERY = 10_000
const MAX_THUMBNAIL = 512 * 1024
/** Milliseconds between two frames that tell their time. */
const TELL_TIME_EVERY = 1000
/** Milliseconds without a frame after which it counts as gone. */
const MAX_SILENCE = 60_000
/** Longer ago is no delay but a wrong clock, in milliseconds. */
const MAX_DELAY = 10_000
/** It sends too much when it sends this many times what anybody takes. */
const TOO_MUCH = 1.25
/** Looks in a row: whoever takes them may just be beginning. */
const TOO_MUCH_LOOKS = 2
/** What a second may have more of than another by chance. */
const BY_CHANCE = 1

/** Whoever sends frames to one broadcast. It is live with its first one. */
export class FramePublisher implements Session {
  readonly id: string
  readonly door = 'frames'
  readonly address: string
  readonly closed: Promise<CloseReason>
  /** What doors that cannot carry frames get instead. */
  encoded: TrackInfo | undefined
  readonly #options: FramePublisherOptions
  readonly #settle: (reason: CloseReason) => void
  #room: FrameRoom | undefined
  #delay = 0
  #frames = 0
  #bytes = 0
  #size = { width: 0, height: 0 }
  #reportedAt: number
  #heardAt: number
  #thumbnailAt = -Infinity
  #toldTimeAt = -Infinity
  #isTooFast = false
  #tooMuch = 0

  constructor(options: FramePublisherOptions) {
    this.id = options.id
    this.address = options.address
    this.#options = options
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    this.#settle = resolve
    this.#reportedAt = this.#heardAt = options.clock.monotonic()
  }

  /** Pixels of the latest frame; 0 before the first. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#size
  }

  /** The frame that comes next was taken then, by our clock. */
  captured(at: number): void {
    this.#delay = Math.min(MAX_DELAY, Math.max(0, this.#options.clock.now() - at))
  }

  /** Throws `broadcast-taken`. From now on its frames go there. */
  enter(room: FrameRoom): void {
    this.#options.broadcast.attachPublisher(this)
    this.#room = room
  }

  /** Throws `bad-request` for what is no frame. Hot path. */
  receive(jpeg: Buffer): void {
    const room = this.#room
    if (!room) return
    const { broadcast, clock } = this.#options
    const now = clock.monotonic()
    const frame = this.#frameOf(jpeg, room, now)
    this.#heardAt = now
    this.#frames++
    this.#bytes += jpeg.length
    const isNewSize = frame.width !== this.#size.width || frame.height !== this.#size.height
    if (isNewSize) {
      this.#size = { width: frame.width, height: frame.height }
      this.tellTracks()
    }
    broadcast.publisherConnected(this)
    room.publish(frame)
    if (now - this.#thumbnailAt >= THUMBNAIL_EVERY) this.#keepThumbnail(frame, now)
  }

  /** A frame of its that was left out: no camera sends so many. */
  flooded(): void {
    if (this.#room) this.#room.flood++
  }

  /** What it sends now has changed. */
  tellTracks(): void {
    const { broadcast } = this.#options
    const frames: TrackInfo = {
      kind: 'video',
      codec: 'JPEG',
      clockRate: 90_000,
      layers: [{ rid: '', ...this.#size }],
    }
    broadcast.tracksChanged(this, this.encoded ? [frames, this.encoded] : [frames])
  }

  /** About once a second. */
  look(now: number): void {
    const seconds = (now - this.#reportedAt) / 1000
    if (seconds <= 0 || !this.#room) return
    if (now - this.#heardAt >= MAX_SILENCE) {
      void this.close('timeout')
      return
    }
    const framesPerSecond = rounded(this.#frames / seconds)
    const bitrate = Math.round((this.#bytes * 8) / seconds)
    this.#reportedAt = now
    this.#frames = 0
    this.#bytes = 0
    const layers = [{ rid: '', bitrate, framesPerSecond, ...this.#size }]
    this.#options.broadcast.publisherReported(this, { bitrate, loss: 0, layers }, [])
    this.#tellPace(framesPerSecond, seconds)
  }

  /** Somebody new wants to see. */
  viewerCame(): void {
    if (this.#isTooFast) this.#options.tell({ type: 'pace', tooFast: false, sent: 0, taken: 0 })
    this.#isTooFast = false
    this.#tooMuch = 0
  }

  async close(reason: CloseReason): Promise<void> {
    this.#options.hangUp(reason)
    this.gone(reason)
  }

  /** Its connection is over. */
  gone(reason: CloseReason): void {
    this.#room = undefined
    this.#settle(reason)
  }

  #frameOf(jpeg: Buffer, room: FrameRoom, now: number): Frame {
    const tellsTime = now - this.#toldTimeAt >= TELL_TIME_EVERY
    try {
      const frame = new Frame(jpeg, room.received, now, this.#options.clock.now() - this.#delay, tellsTime)
      if (tellsTime) this.#toldTimeAt = now
      return frame
    } catch (error) {
      room.invalid++
      throw error
    }
  }

  /** While it is too fast it is told every second, and once when it no longer is. */
  #tellPace(sent: number, seconds: number): void {
    let most = 0
    for (const outlet of this.#room?.outlets ?? []) most = Math.max(most, outlet.takenSince())
    const taken = rounded(most / seconds)
    this.#tooMuch = sent > taken * TOO_MUCH + BY_CHANCE ? this.#tooMuch + 1 : 0
    const tooFast = this.#tooMuch >= TOO_MUCH_LOOKS
    if (tooFast || this.#isTooFast) this.#options.tell({ type: 'pace', tooFast, sent, taken })
    this.#isTooFast = tooFast
  }

  #keepThumbnail({ jpeg }: Frame, now: number): void {
    if (jpeg.length > MAX_THUMBNAIL) return
    this.#thumbnailAt = now
    this.#options.broadcast.setThumbnail(jpeg)
  }
}

const rounded = (value: number) => Math.round(value * 10) / 10
