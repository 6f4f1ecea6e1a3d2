import type { Broadcast } from './broadcast.ts'
import type { Broadcasts } from './broadcasts.ts'
import { BroadcastError } from './errors.ts'
import type { Clock } from './ports.ts'
import { RequestViewing, type SeenRequest } from './request-viewing.ts'
import type { Secrets } from './secrets.ts'
import type { Session } from './session.ts'
import { SessionViewing } from './session-viewing.ts'
import type { ViewingRecord } from './viewing-store.ts'

export type ViewingsOptions = {
  broadcasts: Pick<Broadcasts, 'loaded' | 'on'>
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
  /** As much of an address as may be known. */
  addressOf: (address: string) => string
  /** Takes each viewing when it begins, now and then while it lasts, and when it ends. Returns at once. */
  write: (record: ViewingRecord) => void
  limits?: Partial<ViewingLimits>
}

export type ViewingLimits = {
  /** Viewings by requests at once; beyond, the one that was silent for longest is ended. */
  readonly byRequests: number
}

const DEFAULT_LIMITS: ViewingLimits = { byRequests: 50_000 }
/** Milliseconds without a request after which whoever watched has gone; a paused player of a file comes back. */
const IDLE_LIVE = 30_000
const IDLE_KEPT = 5 * 60_000
const SWEEP_EVERY = 5_000
/** How long after a goodbye requests may arrive that were sent before it. */
const OVERTAKEN = 2_000
/** How much of a viewing a crash may forget, in milliseconds. */
const WRITE_EVERY = 10_000
/** Viewings written by one sweep at most; the others are next. */
const PORTION = 5_000

type Open = { readonly record: (now: number) => ViewingRecord; writtenAt: number }

/** Everybody who watches now, through whichever door. */
export class Viewings {
  readonly #broadcasts: Pick<Broadcasts, 'loaded' | 'on'>
  readonly #secrets: Pick<Secrets, 'newId'>
  readonly #clock: Clock
  readonly #addressOf: (address: string) => string
  readonly #write: (record: ViewingRecord) => void
  readonly #limits: ViewingLimits
  /** In order of when they were last written. */
  readonly #open = new Map<string, Open>()
  /** By player and subject, in order of their last request. */
  readonly #byRequests = new Map<string, RequestViewing>()
  /** When players said goodbye, until nothing of theirs can be under way any more; oldest first. */
  readonly #left = new Map<string, number>()
  readonly #sessions = new Map<Session, SessionViewing>()
  readonly #stopListening: () => void
  #cancelSweep: () => void = () => undefined

  constructor({ broadcasts, secrets, clock, addressOf, write, limits }: ViewingsOptions) {
    this.#broadcasts = broadcasts
    this.#secrets = secrets
    this.#clock = clock
    this.#addressOf = addressOf
    this.#write = write
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#stopListening = broadcasts.on('viewerJoined', ({ broadcast, viewer }) => {
      if (!(viewer instanceof RequestViewing)) this.#sessionJoined(broadcast, viewer)
    })
    this.#sweepLater()
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size
  }

  /** As it is now; undefined when it is over. */
  current(id: string): ViewingRecord | undefined {
    return this.#open.get(id)?.record(this.#clock.now())
  }

  isOpen(id: string): boolean {
    return this.#open.has(id)
  }

  /** Those of a broadcast, newest first; what has ended and is only watched to its end is none of them. */
  watching(
    broadcastId: string,
    { offset, limit }: { offset: number; limit: number },
  ): { records: readonly ViewingRecord[]; total: number } {
    const found = [
      ...[...this.#sessions.values()].filter((viewing) => viewing.broadcastId === broadcastId),
      ...[...this.#byRequests.values()].filter((viewing) => isOf(viewing, broadcastId)),
    ].toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1))
    const records = found.slice(offset, offset + limit).flatMap(({ id }) => this.current(id) ?? [])
    return { records, total: found.length }
  }

  /** Whether a player with this key watches a broadcast now. */
  isWatching(broadcastId: string, key: string): boolean {
    return [...this.#byRequests.values()].some((viewing) => viewing.key === key && isOf(viewing, broadcastId))
  }

  /** Ends one at once. Throws `viewing-not-found`; returns who it was. */
  sendAway(broadcastId: string, id: string): { userId: string | null; address: string } {
    for (const [session, viewing] of this.#sessions) {
      if (viewing.id !== id || viewing.broadcastId !== broadcastId) continue
      void session.close('kicked')
      return { userId: session.userId ?? null, address: session.address ?? '' }
    }
    for (const [place, viewing] of this.#byRequests) {
      if (viewing.id !== id || !isOf(viewing, broadcastId)) continue
      this.#requestsStopped(place, viewing)
      return { userId: viewing.userId ?? null, address: viewing.source }
    }
    throw new BroadcastError('viewing-not-found', 'nobody watches by this viewing any more')
  }

  /** A request came that shows somebody something. Returns at once. */
  seen(request: SeenRequest): void {
    const { subject, protocol, key } = request
    const place = `${subject.kind}\0${protocol}\0${key}\0${subject.id}`
    const broadcast = subject.kind === 'broadcast' ? this.#broadcasts.loaded(subject.id) : undefined
    let viewing = this.#byRequests.get(place)
    if (viewing && !this.#goesOn(viewing, broadcast)) {
      this.#requestsStopped(place, viewing)
      viewing = undefined
    }
    if (request.leaving) {
      if (!viewing) return
      this.#requestsStopped(place, viewing)
      this.#left.delete(place)
      this.#left.set(place, this.#clock.monotonic())
      return
    }
    if (!viewing && this.#hasJustLeft(place)) return
    const isNew = viewing === undefined
    viewing ??= this.#newByRequests(request, broadcast)
    viewing.seen(request, this.#clock.now(), this.#clock.monotonic())
    this.#byRequests.delete(place) // to the end of the queue
    this.#byRequests.set(place, viewing)
    if (!isNew) return
    this.#opened(viewing.id, () => viewing.record(false))
    if (broadcast && isRunning(broadcast)) broadcast.addViewer(viewing)
    this.#makeRoom()
  }

  /** Ends some of them, the longest silent first. Returns how many are left. */
  end(limit: number): number {
    let left = limit
    for (const [place, viewing] of this.#byRequests) if (left-- > 0) this.#requestsStopped(place, viewing)
    for (const session of this.#sessions.keys()) if (left-- > 0) this.#sessionGone(session)
    return this.size
  }

  /** Ends all of them. */
  close(): void {
    this.#stopListening()
    this.#cancelSweep()
    this.end(Infinity)
  }

  #sessionJoined(broadcast: Broadcast, session: Session): void {
    const viewing = new SessionViewing(this.#secrets.newId(), {
      broadcast,
      session,
      address: this.#addressOf(session.address ?? ''),
      now: this.#clock.now(),
    })
    this.#sessions.set(session, viewing)
    this.#opened(viewing.id, (now) => viewing.record(now))
    void session.closed.then(() => this.#sessionGone(session))
  }

  #sessionGone(session: Session): void {
    const viewing = this.#sessions.get(session)
    if (!viewing) return
    this.#sessions.delete(session)
    this.#open.delete(viewing.id)
    const now = this.#clock.now()
    this.#write(viewing.record(now, now))
  }

  #newByRequests(request: SeenRequest, broadcast: Broadcast | undefined): RequestViewing {
    const { kind, title } = request.subject
    return new RequestViewing(this.#secrets.newId(), {
      request,
      address: this.#addressOf(request.address),
      title: broadcast?.record.title ?? title ?? '',
      idleAfter: kind === 'broadcast' ? IDLE_LIVE : IDLE_KEPT,
      now: this.#clock.now(),
    })
  }

  /** Somebody who is here when a broadcast starts again watches another run of it. */
  #goesOn(viewing: RequestViewing, broadcast: Broadcast | undefined): boolean {
    if (this.#clock.monotonic() - viewing.seenAt > viewing.idleAfter) return false
    return viewing.counted || !broadcast || !isRunning(broadcast)
  }

  #requestsStopped(place: string, viewing: RequestViewing): void {
    this.#byRequests.delete(place)
    this.#open.delete(viewing.id)
    void viewing.close('timeout')
    this.#write(viewing.record(true))
  }

  #hasJustLeft(place: string): boolean {
    const at = this.#left.get(place)
    return at !== undefined && this.#clock.monotonic() - at < OVERTAKEN
  }

  #makeRoom(): void {
    for (const [place, viewing] of this.#byRequests) {
      if (this.#byRequests.size <= this.#limits.byRequests) return
      this.#requestsStopped(place, viewing)
    }
  }

  #opened(id: string, record: Open['record']): void {
    this.#open.set(id, { record, writtenAt: this.#clock.monotonic() })
    this.#write(record(this.#clock.now()))
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#clock.after(SWEEP_EVERY, () => {
      this.#sweep(this.#clock.monotonic())
      this.#sweepLater()
    })
  }

  #sweep(monotonic: number): void {
    for (const [place, at] of this.#left) {
      if (monotonic - at < OVERTAKEN) break
      this.#left.delete(place)
    }
    let left = PORTION
    for (const [place, viewing] of this.#byRequests) {
      if (monotonic - viewing.seenAt <= viewing.idleAfter) continue
      this.#requestsStopped(place, viewing)
      if (--left === 0) break
    }
    const now = this.#clock.now()
    for (const [id, open] of this.#open) {
      if (left-- <= 0 || monotonic - open.writtenAt < WRITE_EVERY) break
      this.#open.delete(id) // to the end of the queue
      this.#open.set(id, open)
      open.writtenAt = monotonic
      this.#write(open.record(now))
    }
  }
}

function isOf({ subject, counted }: RequestViewing, broadcastId: string): boolean {
  return subject.kind === 'broadcast' && subject.id === broadcastId && counted
}

function isRunning({ state }: Broadcast): boolean {
  return state === 'live' || state === 'reconnecting'
}
