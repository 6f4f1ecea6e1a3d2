import type { Emitter } from '../../core/emitter.ts'
import type {
  LayerSelection,
  MediaHost,
  MediaHostEvents,
  PublishRequest,
  SessionAnswer,
  WatchRequest,
} from '../../core/media-host.ts'
import type { CloseReason } from '../../core/ports.ts'
import type { WorkerProcess } from './worker-process.ts'

export type PlacedHostOptions = {
  worker: WorkerProcess
  events: Emitter<MediaHostEvents>
  /** A broadcast has its publisher or its first or last viewer here now, or no longer. */
  onPlacesChanged: (broadcastId: string) => Promise<void>
}

type Place = { readonly broadcastId: string; readonly role: 'publisher' | 'viewer' }

/** A worker's media host that knows which sessions were placed on it. */
export class PlacedHost implements MediaHost {
  readonly id: string
  readonly worker: WorkerProcess
  readonly #events: Emitter<MediaHostEvents>
  readonly #onPlacesChanged: (broadcastId: string) => Promise<void>
  readonly #places = new Map<string, Place>()
  readonly #viewersOf = new Map<string, number>()

  constructor({ worker, events, onPlacesChanged }: PlacedHostOptions) {
    this.id = worker.host.id
    this.worker = worker
    this.#events = events
    this.#onPlacesChanged = onPlacesChanged
    const { host } = worker
    host.on('sessionClosed', (fact) => {
      this.#leave(fact.sessionId)
      events.emit('sessionClosed', fact)
    })
    for (const name of [
      'sessionConnected',
      'tracksChanged',
      'publisherReported',
      'viewerReported',
      'captureClock',
    ] as const)
      host.on(name, (fact) => events.emit(name, fact))
  }

  /** Sessions, connecting or connected. */
  get load(): number {
    return this.#places.size
  }

  publishes(broadcastId: string): boolean {
    for (const place of this.#places.values())
      if (place.role === 'publisher' && place.broadcastId === broadcastId) return true
    return false
  }

  isWatching(broadcastId: string): boolean {
    return this.#viewersOf.has(broadcastId)
  }

  on<Name extends keyof MediaHostEvents>(
    name: Name,
    listener: (fact: MediaHostEvents[Name]) => void,
  ): () => void {
    return this.worker.host.on(name, listener)
  }

  publish(request: PublishRequest): Promise<SessionAnswer> {
    return this.#place(request, 'publisher', () => this.worker.host.publish(request))
  }

  watch(request: WatchRequest): Promise<SessionAnswer> {
    return this.#place(request, 'viewer', () => this.worker.host.watch(request))
  }

  addCandidates(sessionId: string, candidates: readonly string[]): Promise<void> {
    return this.worker.host.addCandidates(sessionId, candidates)
  }

  selectLayer(sessionId: string, selection: LayerSelection): Promise<void> {
    return this.worker.host.selectLayer(sessionId, selection)
  }

  setClockOffset(sessionId: string, offset: number): Promise<void> {
    return this.worker.host.setClockOffset(sessionId, offset)
  }

  closeSession(sessionId: string, reason: CloseReason): Promise<void> {
    return this.worker.host.closeSession(sessionId, reason)
  }

  closeBroadcast(broadcastId: string, reason: CloseReason): Promise<void> {
    return this.worker.host.closeBroadcast(broadcastId, reason)
  }

  /** Its sessions are gone with it. */
  lost(): void {
    for (const sessionId of [...this.#places.keys()]) {
      this.#leave(sessionId)
      this.#events.emit('sessionClosed', { sessionId, reason: 'failed' })
    }
  }

  /** The route is laid while the session is being answered, so that media waits for the viewer, not it for media. */
  async #place(
    { sessionId, broadcastId }: { sessionId: string; broadcastId: string },
    role: Place['role'],
    answer: () => Promise<SessionAnswer>,
  ): Promise<SessionAnswer> {
    this.#places.set(sessionId, { broadcastId, role })
    if (role === 'viewer') this.#viewersOf.set(broadcastId, (this.#viewersOf.get(broadcastId) ?? 0) + 1)
    if (role === 'publisher' || this.#viewersOf.get(broadcastId) === 1)
      void this.#onPlacesChanged(broadcastId)
    try {
      return await answer()
    } catch (error) {
      this.#leave(sessionId)
      throw error
    }
  }

  #leave(sessionId: string): void {
    const place = this.#places.get(sessionId)
    if (!place) return
    this.#places.delete(sessionId)
    const { broadcastId, role } = place
    if (role === 'viewer') {
      const left = (this.#viewersOf.get(broadcastId) ?? 1) - 1
      if (left > 0) this.#viewersOf.set(broadcastId, left)
      else this.#viewersOf.delete(broadcastId)
      if (left > 0) return
    }
    void this.#onPlacesChanged(broadcastId)
  }
}
