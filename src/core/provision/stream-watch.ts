import type { Broadcast } from '../broadcast.ts'
import { BroadcastError } from '../errors.ts'
import type { WarningCode } from '../media-host.ts'
import type { Clock, CloseReason, Logger } from '../ports.ts'
import { reasonOf } from '../reason-of.ts'
import { failedPace, livePace, waitingPace } from './look-pace.ts'
import type { ObjectStorage } from './object-storage.ts'
import { StoredPublisher } from './stored-publisher.ts'
import { StreamPicture } from './stream-picture.ts'
import { readUploadedPlaylist, type UploadedPlaylist } from './uploaded-playlist.ts'

/** How a stream came to its end. `stopped`: somebody ended its broadcast; `expired`: nobody uploads it any more. */
export type StreamEnd = 'ended' | 'stopped' | 'expired'

export type StreamWatchOptions = {
  path: string
  broadcast: Broadcast
  storage: Pick<ObjectStorage, 'read' | 'sizeOf'>
  clock: Clock
  logger: Logger
  /** Of the session that it is to its broadcast. */
  newId: () => string
  /** Milliseconds since the epoch: until when its client holds credentials. */
  until: number
  /** It was watched before: it is live again when it goes on, and not because something lies there. */
  resumed: boolean
  onOver: (end: StreamEnd) => void
  random?: () => number
}

/** What is shown of a stream that lies in storage. */
export type ShownPlaylist = {
  readonly path: string
  readonly playlist: UploadedPlaylist
  /** Bits per second. */
  readonly bandwidth: number
}

export const LIVE_PLAYLIST = 'index.m3u8'
/** Bytes: a day of short segments. */
export const MAX_PLAYLIST = 8 * 1024 * 1024
const MAX_SILENCE = 60_000
/** Milliseconds for which expired credentials are waited upon: what they began may still come. */
const AFTER_EXPIRY = 60_000

/** Looks at one stream's storage again and again, and turns its broadcast live, silent and ended. */
export class StreamWatch {
  readonly #options: StreamWatchOptions
  readonly #random: () => number
  readonly #picture: StreamPicture
  readonly #since: number
  #until: number
  #publisher: StoredPublisher | undefined
  #shown: ShownPlaylist | undefined
  #isLive = false
  #isOver = false
  /** Nothing of what lies there now counts. */
  #isOld: boolean
  #etag: string | undefined
  #failures = 0
  #warning: WarningCode | undefined
  #heardAt: number
  #lookedAt: number
  #cancel: (() => void) | undefined

  constructor(options: StreamWatchOptions) {
    const { clock, until, resumed, random = Math.random } = options
    this.#options = options
    this.#random = random
    this.#picture = new StreamPicture(options)
    this.#until = until
    this.#isOld = resumed
    this.#since = this.#heardAt = this.#lookedAt = clock.monotonic()
  }

  /** Undefined before it was live. While it is silent nothing follows, as far as anybody knows. */
  get shown(): ShownPlaylist | undefined {
    const shown = this.#shown
    if (!shown || this.#isLive) return shown
    return { ...shown, playlist: { ...shown.playlist, ended: true } }
  }

  /** Until when its client holds credentials. */
  get until(): number {
    return this.#until
  }

  begin(): void {
    this.#takePlace()
    this.#schedule(0)
  }

  /** Its client has new credentials. */
  extend(until: number): void {
    this.#until = Math.max(this.#until, until)
  }

  /** Looks no more, and tells nobody: the server stops, or knows already. */
  close(): void {
    this.#isOver = true
    this.#cancel?.()
  }

  /** Settles when it has looked once more. */
  async look(): Promise<void> {
    const { clock, storage, path } = this.#options
    const now = clock.monotonic()
    try {
      const found = await storage.read(`${path}/${LIVE_PLAYLIST}`, {
        limit: MAX_PLAYLIST,
        unless: this.#etag,
      })
      if (this.#isOver) return
      this.#failures = 0
      if (found !== undefined && found !== 'unchanged') await this.#found(found.bytes, found.etag)
      else if (this.#warning === 'storage-away') this.#warn(undefined)
    } catch (error) {
      if (this.#isOver) return
      this.#heardAt += now - this.#lookedAt // what could not be seen is no silence
      this.#failed(error)
    }
    this.#lookedAt = now
    await this.#looked()
  }

  async #looked(): Promise<void> {
    if (this.#isOver) return
    if (this.#isLive) await this.#picture.look()
    this.#judge()
  }

  async #found(bytes: Uint8Array, etag: string): Promise<void> {
    const playlist = readUploadedPlaylist(new TextDecoder().decode(bytes))
    if (this.#isOld && !playlist.ended) {
      this.#isOld = false
      this.#etag = etag
      return
    }
    const newest = playlist.segments.at(-1)
    if (!newest) return
    const bandwidth = this.#shown?.bandwidth ?? (await this.#bandwidthOf(newest))
    if (bandwidth === undefined || this.#isOver) return // its segments are not there yet
    this.#etag = etag
    this.#shown = { path: this.#options.path, playlist, bandwidth }
    this.#heardAt = this.#options.clock.monotonic()
    this.#goLive()
    this.#warn(undefined)
    if (playlist.ended) this.#finish('ended')
  }

  async #bandwidthOf(segment: UploadedPlaylist['segments'][number]): Promise<number | undefined> {
    const { storage, path } = this.#options
    const size = await storage.sizeOf(`${path}/${segment.name}`)
    return size === undefined ? undefined : Math.ceil((size * 8) / Math.max(segment.duration, 0.1))
  }

  #failed(error: unknown): void {
    const { logger, broadcast } = this.#options
    const isRefused = error instanceof BroadcastError && error.code !== 'storage-unavailable'
    if (!isRefused) this.#failures++
    const warning = isRefused ? 'playlist-refused' : 'storage-away'
    if (warning !== this.#warning)
      logger.warn({ broadcast: broadcast.id, reason: reasonOf(error) }, 'stream cannot be shown')
    this.#warn(warning)
  }

  #judge(): void {
    const { clock } = this.#options
    const now = clock.monotonic()
    const isExpired = this.#failures === 0 && clock.now() > this.#until + AFTER_EXPIRY
    if (this.#isLive && now - this.#heardAt >= MAX_SILENCE) this.#fallSilent()
    else if (!this.#isLive && isExpired) this.#finish('expired')
    this.#schedule(this.#pace(now))
  }

  #pace(now: number): number {
    if (this.#failures > 0) return failedPace(this.#failures, this.#random())
    if (this.#isLive) return livePace(this.#shown?.playlist.targetDuration ?? 1)
    return waitingPace(now - Math.max(this.#since, this.#heardAt))
  }

  #schedule(delay: number): void {
    if (this.#isOver) return
    this.#cancel = this.#options.clock.after(delay, () => void this.look())
  }

  /** The place of publisher: whoever comes through another door ends this, and not the other way round. */
  #takePlace(): void {
    const { broadcast, newId } = this.#options
    const publisher = new StoredPublisher(newId())
    this.#publisher = publisher
    void publisher.closed.then((reason) => this.#closedFromOutside(publisher, reason))
    try {
      broadcast.attachPublisher(publisher)
    } catch {
      this.#finish('stopped')
    }
  }

  #closedFromOutside(publisher: StoredPublisher, reason: CloseReason): void {
    if (this.#publisher !== publisher || this.#isOver) return
    if (reason === 'shutdown') this.close()
    else this.#finish('stopped')
  }

  #goLive(): void {
    if (this.#isLive || !this.#publisher) return
    this.#isLive = true
    this.#options.broadcast.publisherConnected(this.#publisher)
  }

  /** Its client may come back as long as it has credentials. */
  #fallSilent(): void {
    this.#isLive = false
    this.#publisher = undefined
    void this.#options.broadcast.stop('ended')
    this.#takePlace()
  }

  #finish(end: StreamEnd): void {
    if (this.#isOver) return
    this.close()
    const publisher = this.#publisher
    this.#publisher = undefined
    if (end !== 'stopped' && publisher && this.#options.broadcast.publisher === publisher)
      void this.#options.broadcast.stop('ended')
    this.#options.onOver(end)
  }

  #warn(warning: WarningCode | undefined): void {
    this.#warning = warning
    if (!this.#publisher) return
    const health = { bitrate: this.#shown?.bandwidth ?? 0, loss: 0, layers: [] }
    this.#options.broadcast.publisherReported(this.#publisher, health, warning === undefined ? [] : [warning])
  }
}
