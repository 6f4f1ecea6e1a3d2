import type { Broadcast } from './broadcast.ts'
import type { Broadcasts } from './broadcasts.ts'
import { BroadcastError } from './errors.ts'
import type { Visitor } from './visitor.ts'

/** Decides about a private broadcast; the others are for everybody who knows the id. */
export type MayWatch = (visitor: Visitor, broadcast: Broadcast) => boolean | Promise<boolean>

/** Who may watch. */
export class WatchAccess {
  readonly #broadcasts: Broadcasts
  readonly #mayWatch: MayWatch

  constructor({ broadcasts, mayWatch }: { broadcasts: Broadcasts; mayWatch: MayWatch }) {
    this.#broadcasts = broadcasts
    this.#mayWatch = mayWatch
  }

  /** Rejects with `broadcast-not-found`, `unauthenticated` without a token, `not-allowed` with a wrong one. */
  async enter(id: string, visitor: Visitor): Promise<Broadcast> {
    const broadcast = await this.#broadcasts.get(id)
    if (broadcast.record.visibility !== 'private' || (await this.#mayWatch(visitor, broadcast)))
      return broadcast
    throw visitor.token === undefined
      ? new BroadcastError('unauthenticated', 'this broadcast is private: it needs a viewer token')
      : new BroadcastError('not-allowed', 'this token does not open this broadcast')
  }
}
