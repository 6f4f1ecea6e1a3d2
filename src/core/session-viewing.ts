import type { Broadcast } from './broadcast.ts'
import type { Session } from './session.ts'
import type { Span } from './spans.ts'
import type { ViewingRecord } from './viewing-store.ts'

/** Somebody who watches a broadcast through a connection: as long as it lasts. */
export class SessionViewing {
  readonly id: string
  readonly #broadcast: Broadcast
  readonly #session: Session
  readonly #address: string
  readonly #startedAt: number
  /** When the run of the broadcast began that is watched; who comes early waits for it. */
  #runStartedAt: number | null
  #revision = 0

  constructor(
    id: string,
    {
      broadcast,
      session,
      address,
      now,
    }: { broadcast: Broadcast; session: Session; address: string; now: number },
  ) {
    this.id = id
    this.#broadcast = broadcast
    this.#session = session
    this.#address = address
    this.#startedAt = now
    this.#runStartedAt = runStartOf(broadcast)
  }

  get broadcastId(): string {
    return this.#broadcast.id
  }

  get startedAt(): number {
    return this.#startedAt
  }

  /** As it is now. */
  record(now: number, endedAt: number | null = null): ViewingRecord {
    this.#runStartedAt ??= runStartOf(this.#broadcast)
    const { record } = this.#broadcast
    const watched = this.#watched(endedAt ?? now)
    return {
      id: this.id,
      revision: ++this.#revision,
      subject: { kind: 'broadcast', id: record.id, title: record.title },
      userId: this.#session.userId ?? null,
      authenticated: this.#session.userId !== undefined,
      address: this.#address,
      protocol: this.#session.door,
      startedAt: this.#startedAt,
      seenAt: endedAt ?? now,
      endedAt,
      secondsWatched: watched ? watched[1] - watched[0] : 0,
      intervals: watched ? [watched] : [],
      bytes: Math.round(this.#session.bytesSent ?? 0),
    }
  }

  /** In seconds from the beginning of the run. */
  #watched(until: number): Span | undefined {
    const start = this.#runStartedAt
    if (start === null || until <= Math.max(start, this.#startedAt)) return undefined
    return [Math.max(0, this.#startedAt - start) / 1000, (until - start) / 1000]
  }
}

function runStartOf({ state, record }: Broadcast): number | null {
  return state === 'live' || state === 'reconnecting' ? record.startedAt : null
}
