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
  /** A broadcast has its publisher or its first viewer here now, or no longer. */
  onPlacesChanged: (broadcastId: string) => void
}

type Role = 'publisher' | 'viewer'
type Place = { readonly broadcastId: string; readonly role: Role; answered: boolean }

/** A worker's media host that knows which sessions were placed on it. */
export class PlacedHost implements MediaHost {
  readonly id: string
  readonly worker: WorkerProcess
  readonly #options: PlacedHostOptions
  readonly #places = new Map<string, Place>()
  readonly #answered = { publisher: new Map<string, number>(), viewer: new Map<string, number>() }

  constructor(options: PlacedHostOptions) {
    const { worker, events } = options
    this.id = worker.id
    this.worker = worker
    this.#options = options
    const { host } = worker
    host.on('sessionClosed', ({ sessionId, reason }) => this.#leave(sessionId, reason))
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
    return this.#answered.publisher.has(broadcastId)
  }

  isWatching(broadcastId: string): boolean {
    return this.#answered.viewer.has(broadcastId)
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
  lost(reason: CloseReason): void {
    for (const sessionId of [...this.#places.keys()]) this.#leave(sessionId, reason)
  }

  /** Counts as load at once, but media is brought here only for an offer that was good. */
  async #place(
    { sessionId, broadcastId }: { sessionId: string; broadcastId: string },
    role: Role,
    answer: () => Promise<SessionAnswer>,
  ): Promise<SessionAnswer> {
    const place: Place = { broadcastId, role, answered: false }
    this.#places.set(sessionId, place)
    try {
      const answered = await answer()
      this.#arrive(sessionId, place)
      return answered
    } catch (error) {
      this.#places.delete(sessionId)
      throw error
    }
  }

  #arrive(sessionId: string, place: Place): void {
    if (this.#places.get(sessionId) !== place) return // it was closed meanwhile
    place.answered = true
    const { role, broadcastId } = place
    const counts = this.#answered[role]
    counts.set(broadcastId, (counts.get(broadcastId) ?? 0) + 1)
    if (counts.get(broadcastId) === 1) this.#options.onPlacesChanged(broadcastId)
  }

  #leave(sessionId: string, reason: CloseReason): void {
    const place = this.#places.get(sessionId)
    if (!place) return
    this.#places.delete(sessionId)
    const { role, broadcastId, answered } = place
    const counts = this.#answered[role]
    if (answered) {
      const left = (counts.get(broadcastId) ?? 1) - 1
      if (left > 0) counts.set(broadcastId, left)
      else counts.delete(broadcastId)
      if (left === 0) this.#options.onPlacesChanged(broadcastId)
    }
    this.#options.events.emit('sessionClosed', { sessionId, reason })
  }
}
