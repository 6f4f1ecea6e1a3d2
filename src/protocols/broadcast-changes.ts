import type { Broadcast } from '../core/broadcast.ts'
import type { Broadcasts } from '../core/broadcasts.ts'
import type { Clock } from '../core/ports.ts'

export type Change = 'started' | 'updated' | 'ended' | 'removed'

/** At most this often is the same broadcast announced as updated. */
const PAUSE = 500

/** Tells followers of lists what changed; many updates of one broadcast become one. */
export class BroadcastChanges {
  readonly #clock: Clock
  readonly #stopListening: readonly (() => void)[]
  readonly #onChange: (change: Change, broadcast: Broadcast) => void
  readonly #waiting = new Map<string, () => void>()
  readonly #toldAt = new Map<string, number>()

  constructor(
    broadcasts: Broadcasts,
    clock: Clock,
    onChange: (change: Change, broadcast: Broadcast) => void,
  ) {
    this.#clock = clock
    this.#onChange = onChange
    const tell = (change: Change) => (fact: { broadcast: Broadcast }) => {
      this.#forget(fact.broadcast.id)
      onChange(change, fact.broadcast)
    }
    this.#stopListening = [
      broadcasts.on('started', tell('started')),
      broadcasts.on('ended', tell('ended')),
      broadcasts.on('removed', tell('removed')),
      broadcasts.on('created', ({ broadcast }) => this.#updated(broadcast)),
      broadcasts.on('updated', ({ broadcast }) => this.#updated(broadcast)),
    ]
  }

  close(): void {
    for (const stop of this.#stopListening) stop()
    for (const cancel of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  #updated(broadcast: Broadcast): void {
    const { id } = broadcast
    if (this.#waiting.has(id)) return
    const since = this.#clock.monotonic() - (this.#toldAt.get(id) ?? -PAUSE)
    if (since >= PAUSE) {
      this.#tell(broadcast)
      return
    }
    this.#waiting.set(
      id,
      this.#clock.after(PAUSE - since, () => this.#tell(broadcast)),
    )
  }

  #tell(broadcast: Broadcast): void {
    this.#waiting.delete(broadcast.id)
    this.#toldAt.set(broadcast.id, this.#clock.monotonic())
    this.#onChange('updated', broadcast)
  }

  #forget(id: string): void {
    this.#waiting.get(id)?.()
    this.#waiting.delete(id)
    this.#toldAt.delete(id)
  }
}

/** Public broadcasts that can be watched now, newest first. */
export async function onAir(broadcasts: Broadcasts): Promise<readonly Broadcast[]> {
  const found = await broadcasts.list({
    visibility: 'public',
    states: ['live', 'reconnecting'],
    offset: 0,
    limit: 500,
  })
  return found.broadcasts
}
