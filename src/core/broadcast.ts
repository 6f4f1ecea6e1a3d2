import { BroadcastError } from './errors.ts'
import type { BroadcastRecord, BroadcastState } from './broadcast-store.ts'
import type { LayerReport, WarningCode } from './media-host.ts'
import type { Clock, CloseReason } from './ports.ts'
import type { Session } from './session.ts'
import type { TrackInfo } from './track-info.ts'

/** Seconds after which a viewer who came too early may ask again. */
const WATCH_AGAIN_AFTER = 3

/** What happened to a broadcast, in the past tense. */
export type BroadcastFact = 'created' | 'started' | 'updated' | 'ended' | 'removed'

/** The publisher's latest second. */
export type Health = {
  readonly bitrate: number
  readonly loss: number
  readonly layers: readonly LayerReport[]
}

export type BroadcastOptions = {
  record: BroadcastRecord
  clock: Clock
  /** How long a publisher may be away before the broadcast ends, in milliseconds; asked when one goes away. */
  reconnectGrace: number | (() => number)
  onFact: (broadcast: Broadcast, fact: BroadcastFact) => void
  /** Called for each viewer that counts, when it begins. */
  onViewer?: (broadcast: Broadcast, viewer: Session) => void
}

/** One live programme: at most one publisher, any number of viewers. It knows who is here, not their media. */
export class Broadcast {
  readonly id: string
  readonly #clock: Clock
  readonly #reconnectGrace: number | (() => number)
  readonly #onFact: (broadcast: Broadcast, fact: BroadcastFact) => void
  readonly #onViewer: ((broadcast: Broadcast, viewer: Session) => void) | undefined
  readonly #viewers = new Set<Session>()
  readonly #previews = new Set<Session>()
  #record: BroadcastRecord
  #publisher: Session | undefined
  #publisherLive = false
  #tracks: readonly TrackInfo[] = []
  #health: Health | undefined
  #warnings: readonly WarningCode[] = []
  #thumbnails = 0
  #thumbnail: { readonly jpeg: Uint8Array; readonly version: number } | undefined
  #cancelGrace: (() => void) | undefined
  #retired = false

  constructor({ record, clock, reconnectGrace, onFact, onViewer }: BroadcastOptions) {
    this.id = record.id
    this.#record = record
    this.#clock = clock
    this.#reconnectGrace = reconnectGrace
    this.#onFact = onFact
    this.#onViewer = onViewer
  }

  get record(): BroadcastRecord {
    return this.#record
  }

  get state(): BroadcastState {
    return this.#record.state
  }

  /** Tracks of the current or latest publisher. */
  get tracks(): readonly TrackInfo[] {
    return this.#tracks
  }

  /** Whoever watches, through whichever door. */
  get viewers(): number {
    return this.#viewers.size
  }

  get health(): Health | undefined {
    return this.#health
  }

  get warnings(): readonly WarningCode[] {
    return this.#warnings
  }

  get thumbnail(): { readonly jpeg: Uint8Array; readonly version: number } | undefined {
    return this.#thumbnail
  }

  /** The session that publishes now, or is about to. */
  get publisher(): Session | undefined {
    return this.#publisher
  }

  /** Nobody uses it: safe to forget until somebody asks for it again. */
  get idle(): boolean {
    return !this.#publisher && this.#viewers.size + this.#previews.size === 0 && !this.#cancelGrace
  }

  /** Throws `broadcast-taken` while a publisher is live; the doors ask before they negotiate. */
  assertFree(): void {
    if (this.#retired) throw new BroadcastError('broadcast-not-found', 'this broadcast has been removed')
    if (this.#publisherLive)
      throw new BroadcastError('broadcast-taken', `broadcast "${this.id}" already has a publisher`, {
        retryAfter: 2,
      })
  }

  /** Throws `broadcast-not-live` or `broadcast-ended`. While its publisher is away it can be joined all the same. */
  assertWatchable(): void {
    if (this.state === 'live' || this.state === 'reconnecting') return
    throw this.state === 'ended'
      ? new BroadcastError('broadcast-ended', 'this broadcast has ended', { retryAfter: WATCH_AGAIN_AFTER })
      : new BroadcastError('broadcast-not-live', 'this broadcast has not begun yet', {
          retryAfter: WATCH_AGAIN_AFTER,
        })
  }

  /**
   * Takes the one place of publisher. Throws `broadcast-taken` while another one is live; one that has not yet
   * connected gives way. The broadcast is live only with `publisherConnected`.
   */
  attachPublisher(session: Session): void {
    this.assertFree()
    const previous = this.#publisher
    this.#publisher = session
    if (this.state !== 'reconnecting') this.#tracks = [] // those of an earlier run mislead a viewer
    void previous?.close('replaced')
    void session.closed.then((reason) => this.#publisherGone(session, reason))
  }

  /** Media can flow. */
  publisherConnected(session: Session): void {
    if (this.#publisher !== session || this.#publisherLive) return
    this.#publisherLive = true
    this.#cancelGrace?.()
    this.#cancelGrace = undefined
    const returned = this.state === 'reconnecting'
    const now = this.#clock.now()
    this.#set({ state: 'live', endedAt: null, startedAt: returned ? this.#record.startedAt : now })
    this.#onFact(this, returned ? 'updated' : 'started')
  }

  /** The publisher's media is known, or changed. */
  tracksChanged(session: Session, tracks: readonly TrackInfo[]): void {
    if (this.#publisher !== session) return
    this.#tracks = tracks
    this.#onFact(this, 'updated')
  }

  /** Once a second; announced only when warnings change, for the numbers are for those who ask. */
  publisherReported(session: Session, health: Health, warnings: readonly WarningCode[]): void {
    if (this.#publisher !== session) return
    this.#health = health
    const changed = warnings.join() !== this.#warnings.join()
    this.#warnings = warnings
    if (changed) this.#onFact(this, 'updated')
  }

  /** Counts a viewer from now until its session closes. A preview only ends with the broadcast. */
  addViewer(session: Session): void {
    if (session.preview) {
      this.#previews.add(session)
      void session.closed.then(() => this.#previews.delete(session))
      return
    }
    if (this.#viewers.has(session)) return
    this.#viewers.add(session)
    this.#onViewer?.(this, session)
    this.#onFact(this, 'updated')
    void session.closed.then(() => {
      if (this.#viewers.delete(session)) this.#onFact(this, 'updated')
    })
  }

  /** Changes what its owner may change. */
  edit(changes: Partial<Pick<BroadcastRecord, 'title' | 'visibility' | 'chat'>>): void {
    this.#set(changes)
    this.#onFact(this, 'updated')
  }

  setKeyHash(keyHash: string): void {
    this.#set({ keyHash })
  }

  /** Only the newest picture is kept. */
  setThumbnail(jpeg: Uint8Array): void {
    this.#thumbnail = { jpeg, version: ++this.#thumbnails }
    this.#onFact(this, 'updated')
  }

  /** Gives its memory back. */
  forgetThumbnail(): void {
    this.#thumbnail = undefined
  }

  /** Ends it for everybody. The stream key stays valid: publishing again starts a new run. */
  async stop(reason: CloseReason = 'ended'): Promise<void> {
    const startsLater = reason === 'shutdown' && this.state === 'created'
    const publisher = this.#publisher
    const viewers = [...this.#viewers, ...this.#previews]
    this.#publisher = undefined
    this.#publisherLive = false
    if (!startsLater) this.#end()
    await Promise.allSettled([publisher?.close(reason), ...viewers.map((viewer) => viewer.close(reason))])
  }

  /** Stops it for good: nobody can publish it any more. */
  retire(): Promise<void> {
    this.#retired = true
    return this.stop('kicked')
  }

  #publisherGone(session: Session, reason: CloseReason): void {
    if (this.#publisher !== session) return
    const wasLive = this.#publisherLive
    this.#publisher = undefined
    this.#publisherLive = false
    this.#health = undefined
    if (!wasLive) {
      if (this.state === 'reconnecting' && !this.#cancelGrace) void this.stop()
    } else if (reason === 'kicked' || reason === 'shutdown') {
      void this.stop(reason === 'kicked' ? 'ended' : reason)
    } else {
      this.#set({ state: 'reconnecting' })
      const grace = typeof this.#reconnectGrace === 'number' ? this.#reconnectGrace : this.#reconnectGrace()
      this.#cancelGrace = this.#clock.after(grace, () => this.#graceOver())
      this.#onFact(this, 'updated')
    }
  }

  /** A publisher that is just coming back is waited for: it connects or fails within seconds. */
  #graceOver(): void {
    this.#cancelGrace = undefined
    if (!this.#publisher) void this.stop()
  }

  #end(): void {
    this.#cancelGrace?.()
    this.#cancelGrace = undefined
    this.#health = undefined
    this.#warnings = []
    if (this.state === 'ended') return
    this.#set({ state: 'ended', endedAt: this.#clock.now() })
    this.#onFact(this, 'ended')
  }

  #set(changes: Partial<BroadcastRecord>): void {
    this.#record = { ...this.#record, ...changes }
  }
}
