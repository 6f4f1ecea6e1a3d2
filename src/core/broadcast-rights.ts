import type { Broadcast } from './broadcast.ts'
import type { Broadcasts } from './broadcasts.ts'
import { BroadcastError } from './errors.ts'
import type { Visitor } from './visitor.ts'

/** Who may make, change, stop and remove broadcasts. */
export class BroadcastRights {
  readonly #broadcasts: Broadcasts
  readonly #open: boolean

  constructor({ broadcasts, open }: { broadcasts: Broadcasts; open: boolean }) {
    this.#broadcasts = broadcasts
    this.#open = open
  }

  /** Throws `unauthenticated`. */
  assertMayCreate({ foreign }: Visitor): void {
    if (!this.#open)
      throw new BroadcastError(
        'unauthenticated',
        'making broadcasts needs an account; a server with --open needs none',
      )
    if (foreign)
      throw new BroadcastError('not-allowed', 'a page of another site may not make broadcasts here')
  }

  /** The broadcast, for whoever may change it. Rejects with `broadcast-not-found` or `unauthenticated`. */
  async enter(id: string, { token, foreign }: Visitor): Promise<Broadcast> {
    if (token !== undefined) return this.#broadcasts.authorize(id, token)
    if (!this.#open) throw new BroadcastError('unauthenticated', 'this needs the stream key of the broadcast')
    if (foreign) throw new BroadcastError('not-allowed', 'a page of another site needs the stream key')
    return this.#broadcasts.get(id)
  }
}
