import type { Broadcast } from '../core/broadcast.ts'
import type { Change } from './broadcast-changes.ts'
import { broadcastView } from './broadcast-view.ts'

/** A broadcast as it is now, written down once for all followers who see it under the same addresses. */
export class ToldOnce {
  readonly #broadcast: Broadcast
  readonly #views = new Map<string, string>()

  constructor(broadcast: Broadcast) {
    this.#broadcast = broadcast
  }

  /** As JSON; of one that was removed, only its id. */
  json(change: Change, base: string): string {
    if (change === 'removed') return JSON.stringify({ id: this.#broadcast.id })
    let view = this.#views.get(base)
    if (view === undefined) {
      view = JSON.stringify(broadcastView(this.#broadcast, base))
      this.#views.set(base, view)
    }
    return view
  }
}
