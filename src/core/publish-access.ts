import type { Broadcast } from './broadcast.ts'
import type { Broadcasts } from './broadcasts.ts'
import { BroadcastError } from './errors.ts'
import type { Visitor } from './visitor.ts'

export type PublishAccessOptions = {
  broadcasts: Broadcasts
  /** No key is needed, and an unknown id is created by its first publisher. */
  open: boolean
}

/** Who may publish. A key that is given must be right, whatever the mode. */
export class PublishAccess {
  readonly #broadcasts: Broadcasts
  readonly #open: boolean

  constructor({ broadcasts, open }: PublishAccessOptions) {
    this.#broadcasts = broadcasts
    this.#open = open
  }

  /** The broadcast that may be published, created if need be. Rejects with `unauthenticated` or `bad-id`. */
  async enter(id: string, visitor: Visitor): Promise<Broadcast> {
    if (visitor.token !== undefined) return this.#broadcasts.authorize(id, visitor.token)
    this.#assertOpen(visitor)
    const found = await this.#broadcasts.find(id)
    if (found) return found
    try {
      return (await this.#broadcasts.create({ id })).broadcast
    } catch (error) {
      const lostRace = error instanceof BroadcastError && error.code === 'broadcast-exists'
      if (lostRace) return this.#broadcasts.get(id)
      throw error
    }
  }

  /** Rejects with `unauthenticated`, in the same words for an unknown id and a wrong key. */
  async assertMayPublish(id: string, visitor: Visitor): Promise<void> {
    if (visitor.token === undefined) this.#assertOpen(visitor)
    else await this.#broadcasts.authorize(id, visitor.token)
  }

  /** The right to act on what already publishes: another's key is `not-allowed`, none at all `unauthenticated`. */
  async assertMayControl(id: string, visitor: Visitor): Promise<void> {
    try {
      await this.assertMayPublish(id, visitor)
    } catch (error) {
      if (!(error instanceof BroadcastError) || visitor.token === undefined) throw error
      throw new BroadcastError('not-allowed', 'this stream key is not for this broadcast', { cause: error })
    }
  }

  #assertOpen(visitor: Visitor): void {
    if (!this.#open) throw new BroadcastError('unauthenticated', 'publishing needs the stream key')
    if (visitor.foreign)
      throw new BroadcastError('unauthenticated', 'a page of another site needs the stream key to publish')
  }
}
