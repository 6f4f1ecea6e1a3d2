import type { Broadcast } from './broadcast.ts'
import type { Doorkeeper } from './doorkeeper.ts'
import type { Action } from './permissions.ts'
import type { Visitor } from './visitor.ts'

/** What is done to a broadcast by those who made it. */
export type BroadcastAction = Extract<
  Action,
  'control' | 'edit' | 'remove' | 'rotate-key' | 'share' | 'remove-recording' | 'see-audience'
>

/** Whose broadcasts a list may hold. */
export type ListedBroadcasts = 'public' | 'own' | 'all'

/** Who may make, change, stop, share and remove broadcasts. */
export class BroadcastRights {
  readonly #doorkeeper: Doorkeeper

  constructor({ doorkeeper }: { doorkeeper: Doorkeeper }) {
    this.#doorkeeper = doorkeeper
  }

  /** Throws `unauthenticated` or `not-allowed`. Returns whose it will be. */
  assertMayCreate(visitor: Visitor): { ownerId: string | undefined } {
    this.#doorkeeper.assertMay('create', visitor)
    return { ownerId: visitor.identity?.person.id }
  }

  /** Throws `unauthenticated` or `not-allowed`. Returns what the list is limited to. */
  assertMayList(which: ListedBroadcasts, visitor: Visitor): { visibility?: 'public'; ownerId?: string } {
    this.#doorkeeper.assertMay(`list-${which}`, visitor)
    if (which === 'public') return { visibility: 'public' }
    const ownerId = visitor.identity?.person.id
    return which === 'own' && ownerId !== undefined ? { ownerId } : {}
  }

  /** The broadcast, for whoever may do this with it. Rejects as `Doorkeeper.enter` does. */
  async enter(action: BroadcastAction, id: string, visitor: Visitor): Promise<Broadcast> {
    return (await this.#doorkeeper.enter(action, id, visitor)).broadcast
  }
}
