import { BroadcastError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { EventStream } from '../event-stream.ts'
import type { ViewerEvent } from './viewer-events.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** A player has one, or two while it replaces one. */
const MAX_PER_SESSION = 4

/** What one player wants to hear, at a URL of its own. */
export type EventSubscription = {
  readonly id: string
  readonly session: WebRtcSession
  readonly wanted: ReadonlySet<ViewerEvent>
  /** Who reads it now. */
  stream: EventStream | undefined
}

/** The event subscriptions of all WHEP sessions. They go with their session. */
export class EventSubscriptions {
  readonly #secrets: Pick<Secrets, 'newId'>
  readonly #of = new Map<WebRtcSession, Map<string, EventSubscription>>()

  constructor(secrets: Pick<Secrets, 'newId'>) {
    this.#secrets = secrets
  }

  /** Throws `too-many-requests`. */
  add(session: WebRtcSession, wanted: ReadonlySet<ViewerEvent>): EventSubscription {
    let existing = this.#of.get(session)
    if (!existing) {
      existing = new Map()
      this.#of.set(session, existing)
      void session.closed.then(() => this.#of.delete(session))
    }
    if (existing.size >= MAX_PER_SESSION)
      throw new BroadcastError('too-many-requests', 'this session has enough event streams')
    const subscription = { id: this.#secrets.newId(), session, wanted, stream: undefined }
    existing.set(subscription.id, subscription)
    return subscription
  }

  /** Throws `session-not-found`. */
  get(session: WebRtcSession, id: string): EventSubscription {
    const subscription = this.#of.get(session)?.get(id)
    if (!subscription)
      throw new BroadcastError('session-not-found', 'there is no such event stream, or it is over')
    return subscription
  }

  remove(subscription: EventSubscription): void {
    this.#of.get(subscription.session)?.delete(subscription.id)
    subscription.stream?.close()
  }
}
