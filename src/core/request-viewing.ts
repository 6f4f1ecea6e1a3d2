import type { CloseReason } from './ports.ts'
import type { Door, Session } from './session.ts'
import { type Span, withSpan } from './spans.ts'
import type { ViewingRecord, ViewingSubject } from './viewing-store.ts'

/** One request of a player. */
export type SeenRequest = {
  /** The same for all requests of one player: a session token, or what tells players apart. */
  readonly key: string
  readonly subject: Omit<ViewingSubject, 'title'> & { readonly title?: string }
  readonly protocol: Door
  readonly address: string
  readonly userId?: string
  /** Sent by this request. */
  readonly bytes: number
  /** What it asked for: bytes with the protocol `range`, else seconds from the beginning; the end not included. */
  readonly interval?: { readonly from: number; readonly to: number }
  /** The player says that it is leaving. */
  readonly leaving?: boolean
}

/** Somebody who watches by requests: as long as they keep coming. While the broadcast runs, one of its viewers. */
export class RequestViewing implements Session {
  readonly id: string
  readonly door: Door
  readonly address: string
  /** Where the requests come from, however little of it the log may know. */
  readonly source: string
  /** What tells its player apart. */
  readonly key: string
  readonly closed: Promise<CloseReason>
  /** Milliseconds without a request after which it is over. */
  readonly idleAfter: number
  /** Monotonic. */
  seenAt = 0
  readonly #settle: (reason: CloseReason) => void
  readonly #subject: ViewingSubject
  readonly #userId: string | null
  readonly #startedAt: number
  #lastWall: number
  #counted = true
  #revision = 0
  #bytes = 0
  #intervals: readonly Span[] = []
  /** Seconds of media asked for, and those of the longest request. */
  #asked = 0
  #longest = 0

  constructor(
    id: string,
    {
      request,
      address,
      title,
      idleAfter,
      now,
    }: { request: SeenRequest; address: string; title: string; idleAfter: number; now: number },
  ) {
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.id = id
    this.closed = promise
    this.door = request.protocol
    this.address = address
    this.source = request.address
    this.key = request.key
    this.idleAfter = idleAfter
    this.#settle = resolve
    this.#subject = { kind: request.subject.kind, id: request.subject.id, title }
    this.#userId = request.userId ?? null
    this.#startedAt = now
    this.#lastWall = now
  }

  get subject(): ViewingSubject {
    return this.#subject
  }

  get userId(): string | undefined {
    return this.#userId ?? undefined
  }

  get startedAt(): number {
    return this.#startedAt
  }

  get bytesSent(): number {
    return this.#bytes
  }

  /** False once its broadcast has ended: what comes then is the rest of what it watched. */
  get counted(): boolean {
    return this.#counted
  }

  seen({ bytes, interval }: SeenRequest, now: number, monotonic: number): void {
    this.seenAt = monotonic
    this.#lastWall = Math.max(this.#lastWall, now)
    this.#bytes += bytes
    if (!interval) return
    this.#intervals = withSpan(this.#intervals, [interval.from, interval.to])
    if (this.door === 'range') return
    const seconds = Math.max(0, interval.to - interval.from)
    this.#asked += seconds
    this.#longest = Math.max(this.#longest, seconds)
  }

  /** It is no viewer any more; as a viewing it lasts until the requests stop. */
  async close(reason: CloseReason): Promise<void> {
    this.#counted = false
    this.#settle(reason)
  }

  /** As it is now. It ended with its last request, whenever that is noticed. */
  record(over: boolean): ViewingRecord {
    return {
      id: this.id,
      revision: ++this.#revision,
      subject: this.#subject,
      userId: this.#userId,
      authenticated: this.#userId !== null,
      address: this.address,
      protocol: this.door,
      startedAt: this.#startedAt,
      seenAt: this.#lastWall,
      endedAt: over ? this.#lastWall : null,
      secondsWatched: this.#secondsWatched(),
      intervals: this.#intervals,
      bytes: this.#bytes,
    }
  }

  /** From the first request to the last; where requests say what they fetch, to the end of that, and no more than that. */
  #secondsWatched(): number {
    const elapsed = (this.#lastWall - this.#startedAt) / 1000
    return this.#asked > 0 ? Math.min(this.#asked, elapsed + this.#longest) : elapsed
  }
}
