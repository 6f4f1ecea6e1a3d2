import type { Broadcasts } from './broadcasts.ts'
import type { Doorkeeper, Grant } from './doorkeeper.ts'
import { BroadcastError } from './errors.ts'
import type { Exclusions } from './exclusions.ts'
import type { Visitor } from './visitor.ts'

export type PublishAccessOptions = {
  doorkeeper: Doorkeeper
  broadcasts: Broadcasts
  exclusions: Pick<Exclusions, 'assertMayPublish'>
}

/** Who may publish. In open mode, or where another application allows it, an unknown id is created by its first publisher. */
export class PublishAccess {
  readonly #doorkeeper: Doorkeeper
  readonly #broadcasts: Broadcasts
  readonly #exclusions: Pick<Exclusions, 'assertMayPublish'>

  constructor({ doorkeeper, broadcasts, exclusions }: PublishAccessOptions) {
    this.#doorkeeper = doorkeeper
    this.#broadcasts = broadcasts
    this.#exclusions = exclusions
  }

  /** The right to publish this broadcast, which is created if need be. Rejects as `Doorkeeper.enter` does, with `bad-id` and with `kicked`. */
  async enter(id: string, visitor: Visitor): Promise<Grant> {
    if (await this.#mayMake(id, visitor)) await this.#make(id)
    const grant = await this.#enter(id, visitor)
    if (visitor.identity?.person.role !== 'admin') this.#exclusions.assertMayPublish(grant.broadcast.id)
    return grant
  }

  /** Rejects with `unauthenticated`, in the same words for an unknown id and a wrong key. */
  async assertMayPublish(id: string, visitor: Visitor): Promise<void> {
    if (!(await this.#mayMake(id, visitor))) await this.#enter(id, visitor)
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

  async #enter(id: string, visitor: Visitor): Promise<Grant> {
    try {
      return await this.#doorkeeper.enter('publish', id, visitor)
    } catch (error) {
      const needsKey = error instanceof BroadcastError && error.code === 'not-allowed' && !visitor.identity
      if (!needsKey || visitor.token !== undefined) throw error
      throw new BroadcastError('unauthenticated', 'a page of another site needs the stream key to publish')
    }
  }

  /** Rejects where another application refuses. */
  async #mayMake(id: string, visitor: Visitor): Promise<boolean> {
    if (await this.#doorkeeper.askHook('publish', id, visitor)) return true
    return this.#doorkeeper.open && !visitor.foreign && visitor.token === undefined
  }

  async #make(id: string): Promise<void> {
    if (await this.#broadcasts.find(id)) return
    try {
      await this.#broadcasts.create({ id })
    } catch (error) {
      const lostRace = error instanceof BroadcastError && error.code === 'broadcast-exists'
      if (!lostRace) throw error
    }
  }
}
