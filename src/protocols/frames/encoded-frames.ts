import type { FrameEncoder, FrameEncoding } from '../../core/frame-encoder.ts'
import type { Feeds } from '../../core/feeds.ts'
import type { Source } from '../../core/feed.ts'
import type { Layer } from '../../core/layer.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import type { TrackInfo } from '../../core/track-info.ts'
import type { AccessUnit } from '../../media/access-unit.ts'
import type { Frame } from './frame.ts'
import { FrameOutlet } from './frame-outlet.ts'
import type { FramePublisher } from './frame-publisher.ts'
import type { FrameRoom } from './frame-room.ts'
import type { FrameRooms } from './frame-rooms.ts'

export type EncodedFramesOptions = {
  rooms: FrameRooms
  encoder: FrameEncoder
  feeds: Feeds
  /** The broadcast's media comes from this process, until the returned function is called. */
  publishHere: (broadcastId: string) => () => void
  clock: Clock
  logger: Logger
  /** How many broadcasts are encoded at once; others are watched as frames only. */
  limit: number
}

/** Baseline, so that every browser decodes it. */
const FMTP = 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'
/** Ticks of a millisecond. */
const TICKS = 90
/** Milliseconds before an encoder that failed is tried again, and how often in a row. */
const AGAIN_AFTER = 2_000
const ATTEMPTS = 3
/** One that ran as long as this did not fail for what it was given. */
const STEADY = 30_000

/** Has frames encoded, so that HLS, recordings and WebRTC carry a broadcast of frames. */
export class EncodedFrames {
  readonly #options: EncodedFramesOptions
  readonly #running = new Map<FramePublisher, EncodedRoom>()
  readonly #stopListening: () => void

  constructor(options: EncodedFramesOptions) {
    this.#options = options
    this.#stopListening = options.rooms.onPublisher((room, publisher) => this.#begin(room, publisher, 0))
  }

  /** Broadcasts that are encoded now. */
  get size(): number {
    return this.#running.size
  }

  close(): void {
    this.#stopListening()
    for (const encoded of this.#running.values()) encoded.close()
  }

  #begin(room: FrameRoom, publisher: FramePublisher, failures: number): void {
    const { limit, logger, clock } = this.#options
    if (this.#running.size >= limit) {
      logger.warn({ broadcast: room.broadcast.id, limit }, 'too many broadcasts are encoded: frames only')
      return
    }
    const beganAt = clock.monotonic()
    const encoded = new EncodedRoom(this.#options, room, publisher)
    this.#running.set(publisher, encoded)
    void publisher.closed.then(() => encoded.close())
    void encoded.closed.then((error) => {
      this.#running.delete(publisher)
      if (!error || room.publisher !== publisher) return
      const inARow = clock.monotonic() - beganAt >= STEADY ? 1 : failures + 1
      logger.error({ error, broadcast: room.broadcast.id, failures: inARow }, 'frames are not encoded')
      if (inARow >= ATTEMPTS) return
      clock.after(AGAIN_AFTER, () => {
        if (room.publisher === publisher) this.#begin(room, publisher, inARow)
      })
    })
  }
}

/** What one publisher sends, encoded. */
class EncodedRoom implements Source {
  readonly closed: Promise<Error | undefined>
  readonly #options: EncodedFramesOptions
  readonly #room: FrameRoom
  readonly #publisher: FramePublisher
  readonly #outlet: FrameOutlet
  readonly #settle: (error: Error | undefined) => void
  readonly #startedAt: number
  #size = { width: 0, height: 0 }
  #lastAt = -1
  #encoding: FrameEncoding | undefined
  #layer: Layer | undefined
  #withdraw: () => void = () => undefined
  #isClosed = false

  constructor(options: EncodedFramesOptions, room: FrameRoom, publisher: FramePublisher) {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    this.closed = promise
    this.#settle = resolve
    this.#options = options
    this.#room = room
    this.#publisher = publisher
    this.#startedAt = options.clock.monotonic()
    this.#outlet = new FrameOutlet((frame, written) => this.#write(frame, written), options.clock)
    room.add(this.#outlet, this.#startedAt)
  }

  /** A key frame comes every two seconds by itself. */
  requestKeyFrame(): void {}

  close(error?: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { feeds } = this.#options
    const { broadcast } = this.#room
    this.#outlet.close()
    this.#room.remove(this.#outlet)
    this.#encoding?.close()
    feeds.get(broadcast.id)?.unpublish(this)
    this.#withdraw()
    this.#publisher.encoded = undefined
    if (error && this.#room.publisher === this.#publisher) this.#publisher.tellTracks()
    this.#settle(error)
  }

  #write(frame: Frame, written: () => void): boolean {
    const { width, height } = frame
    if (width !== this.#size.width || height !== this.#size.height) this.#begin({ width, height })
    this.#lastAt = Math.max(this.#lastAt + 1, Math.round(frame.receivedAt - this.#startedAt))
    this.#encoding?.write(frame.jpeg, this.#lastAt, written)
    return false
  }

  /** Another size is another stream. */
  #begin(size: { width: number; height: number }): void {
    this.#encoding?.close()
    this.#layer = undefined
    this.#size = size
    const encoding = this.#options.encoder.begin({
      ...size,
      onUnit: (unit) => {
        if (this.#encoding === encoding) this.#encoded(unit)
      },
    })
    this.#encoding = encoding
    void encoding.closed.then((error) => {
      if (this.#encoding === encoding && error) this.close(error)
    })
  }

  #encoded(unit: AccessUnit): void {
    if (this.#isClosed) return
    const layer = (this.#layer ??= this.#publish())
    if (unit.keyFrame || !layer.captureClock) layer.captureClock = this.#captureClockAt(unit)
    layer.writeUnit(unit)
  }

  /** Its tracks are known to the API only when there is media in them. */
  #publish(): Layer {
    const { feeds, publishHere } = this.#options
    const { broadcast } = this.#room
    const track: TrackInfo = {
      kind: 'video',
      codec: 'H264',
      clockRate: 90_000,
      fmtp: FMTP,
      layers: [{ rid: '', ...this.#size }],
    }
    const layer = feeds.ensure(broadcast.id).publish(this, [track])[0]?.layers[0]
    if (!layer) throw new Error('a feed made no layer')
    layer.width = this.#size.width
    layer.height = this.#size.height
    this.#withdraw()
    this.#withdraw = publishHere(broadcast.id)
    this.#publisher.encoded = track
    this.#publisher.tellTracks()
    return layer
  }

  #captureClockAt({ timestamp }: AccessUnit): { rtpTimestamp: number; capturedAt: number } {
    const { clock } = this.#options
    const ago = clock.monotonic() - this.#startedAt - timestamp / TICKS
    return { rtpTimestamp: timestamp % 0x1_0000_0000, capturedAt: clock.now() - ago }
  }
}
