import type { Broadcast } from '../../core/broadcast.ts'
import { Emitter } from '../../core/emitter.ts'
import type { MediaHost, MediaHostEvents } from '../../core/media-host.ts'
import type { CloseReason } from '../../core/ports.ts'
import type { Door, Session } from '../../core/session.ts'
import type { TrackInfo } from '../../core/track-info.ts'

/** What a viewer's own connections want to hear of. */
export type WebRtcSessionEvents = Pick<MediaHostEvents, 'captureClock' | 'viewerReported'>

export type WebRtcSessionOptions = {
  id: string
  door: Door
  role: 'publisher' | 'viewer'
  broadcast: Broadcast
  host: MediaHost
  address: string
  userId?: string | undefined
  preview?: boolean
  offer: string
  /** Names this ICE session, as long as it lasts (RFC 9725 §4.3.1). */
  etag: string
  /** Called when it has connected, and when it is gone. */
  onSettled: () => void
  onListenerError: (error: unknown) => void
}

/** One peer on a media host, seen from the process that signals. */
export class WebRtcSession implements Session {
  readonly id: string
  readonly door: Door
  readonly role: 'publisher' | 'viewer'
  readonly broadcast: Broadcast
  readonly host: MediaHost
  readonly address: string
  readonly userId: string | undefined
  readonly preview: boolean
  readonly etag: string
  /** The peer's `a=ice-ufrag`; another one in a trickled fragment means an ICE restart. */
  readonly remoteUfrag: string | undefined
  readonly closed: Promise<CloseReason>
  /** What the publisher sends, from the moment its host knows it. */
  tracks: readonly TrackInfo[] | undefined
  /** MID of the video in our answer. */
  videoMid: string | undefined
  /** RID of the layer the viewer receives. */
  rid: string | undefined
  /** Trickled candidates taken so far; the sender is a stranger. */
  candidates = 0
  bytesSent = 0
  #state: 'negotiating' | 'connecting' | 'connected' | 'closed' = 'negotiating'
  #early = false
  #closing: Promise<void> | undefined
  readonly #onSettled: () => void
  readonly #settle: (reason: CloseReason) => void
  readonly #events: Emitter<WebRtcSessionEvents>

  constructor(options: WebRtcSessionOptions) {
    this.id = options.id
    this.door = options.door
    this.role = options.role
    this.broadcast = options.broadcast
    this.host = options.host
    this.address = options.address
    this.userId = options.userId
    this.preview = options.preview ?? false
    this.etag = options.etag
    this.remoteUfrag = copyOf(/^a=ice-ufrag:(\S+)/m.exec(options.offer)?.[1])
    this.#onSettled = options.onSettled
    this.#events = new Emitter(options.onListenerError)
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    this.#settle = resolve
  }

  get state(): 'negotiating' | 'connecting' | 'connected' | 'closed' {
    return this.#state
  }

  on<Name extends keyof WebRtcSessionEvents>(
    name: Name,
    listener: (fact: WebRtcSessionEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  emit<Name extends keyof WebRtcSessionEvents>(name: Name, fact: WebRtcSessionEvents[Name]): void {
    this.#events.emit(name, fact)
  }

  /** Its host answered the offer. */
  answered(sdp: string): void {
    if (this.#state !== 'negotiating') return
    this.videoMid = midOfVideo(sdp)
    this.#state = 'connecting'
    if (this.#early) this.connected()
  }

  /** Its media can flow; a host's word may overtake its own answer. */
  connected(): void {
    if (this.#state === 'negotiating') this.#early = true
    else if (this.#state === 'connecting') {
      this.#state = 'connected'
      this.#onSettled()
    }
  }

  /** It is gone already, wherever it lived. */
  ended(reason: CloseReason): void {
    this.#state = 'closed'
    this.#closing ??= Promise.resolve()
    this.#onSettled()
    this.#settle(reason)
  }

  /** Resolves when its host has let go of it. What is still negotiating is let go of once it is answered. */
  close(reason: CloseReason): Promise<void> {
    if (!this.#closing) {
      const answered = this.#state !== 'negotiating'
      this.ended(reason)
      // A host that fails here is lost, and its sessions with it.
      if (answered) this.#closing = this.host.closeSession(this.id, reason).catch(() => undefined)
    }
    return this.#closing ?? Promise.resolve()
  }
}

function midOfVideo(sdp: string): string | undefined {
  return copyOf(/^m=video [^]*?^a=mid:(\S+)/m.exec(sdp)?.[1])
}

/** A piece of a string keeps the whole of it in memory; a copy does not. */
function copyOf(piece: string | undefined): string | undefined {
  return piece === undefined ? undefined : Buffer.from(piece).toString()
}
