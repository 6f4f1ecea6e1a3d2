import type { Broadcast } from '../../core/broadcast.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { BroadcastState } from '../../core/broadcast-store.ts'
import type { Clock } from '../../core/ports.ts'

/** What everybody who is here may know of a broadcast. */
export type PublicState = { readonly state: BroadcastState; readonly viewers: number }

type Audience = {
  readonly listeners: Set<(now: PublicState) => void>
  told: PublicState
  toldAt: number
  cancel: (() => void) | undefined
}

/** Milliseconds between two announcements that differ in viewers only. */
const VIEWER_INTERVAL = 1000

/**
 * Tells state and viewers of a broadcast to those who are connected to it. A new state is told at once; viewers
 * at most once a second, or a thousand newcomers would cost a million messages.
 */
export class StateAnnouncer {
  readonly #clock: Clock
  readonly #audiences = new Map<string, Audience>()
  readonly #stopListening: readonly (() => void)[]

  constructor({ broadcasts, clock }: { broadcasts: Broadcasts; clock: Clock }) {
    this.#clock = clock
    this.#stopListening = (['started', 'updated', 'ended', 'removed'] as const).map((fact) =>
      broadcasts.on(fact, ({ broadcast }) => this.#changed(broadcast)),
    )
  }

  /** Hears of every change from now on. Returns a function that stops listening. */
  listen(broadcast: Broadcast, listener: (now: PublicState) => void): () => void {
    const { id } = broadcast
    let audience = this.#audiences.get(id)
    if (!audience) {
      const toldAt = this.#clock.monotonic() - VIEWER_INTERVAL
      audience = { listeners: new Set(), told: stateOf(broadcast), toldAt, cancel: undefined }
      this.#audiences.set(id, audience)
    }
    const { listeners } = audience
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0 || this.#audiences.get(id)?.listeners !== listeners) return
      this.#audiences.get(id)?.cancel?.()
      this.#audiences.delete(id)
    }
  }

  /** Nobody hears of anything any more. */
  close(): void {
    for (const stop of this.#stopListening) stop()
    for (const audience of this.#audiences.values()) audience.cancel?.()
    this.#audiences.clear()
  }

  #changed(broadcast: Broadcast): void {
    const audience = this.#audiences.get(broadcast.id)
    if (!audience) return
    const wait = audience.toldAt + VIEWER_INTERVAL - this.#clock.monotonic()
    if (audience.told.state !== broadcast.state || wait <= 0) this.#tell(audience, broadcast)
    else audience.cancel ??= this.#clock.after(wait, () => this.#tell(audience, broadcast))
  }

  #tell(audience: Audience, broadcast: Broadcast): void {
    audience.cancel?.()
    audience.cancel = undefined
    const now = stateOf(broadcast)
    if (now.state === audience.told.state && now.viewers === audience.told.viewers) return
    audience.told = now
    audience.toldAt = this.#clock.monotonic()
    for (const listener of audience.listeners) listener(now)
  }
}

function stateOf({ state, viewers }: Broadcast): PublicState {
  return { state, viewers }
}
