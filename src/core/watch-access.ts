import type { Broadcast } from './broadcast.ts'
import type { Broadcasts } from './broadcasts.ts'
import { type Doorkeeper, type Grant, personIdOf } from './doorkeeper.ts'
import { BroadcastError } from './errors.ts'
import type { Exclusions } from './exclusions.ts'
import type { Grants, Held } from './grants.ts'
import type { ViewingPasses } from './viewing-passes.ts'
import type { Visitor } from './visitor.ts'

export type WatchAccessOptions = {
  doorkeeper: Pick<Doorkeeper, 'enter' | 'holds' | 'asksHook'>
  broadcasts: Pick<Broadcasts, 'find'>
  grants: Pick<Grants, 'hold'>
  passes: Pick<ViewingPasses, 'enter' | 'give'>
  exclusions: Pick<Exclusions, 'assertMayWatch'>
}

/** What a player brings that was let in before. */
export type Player = Visitor & {
  readonly pass?: string | undefined
  /** Asks for a piece that a playlist named: where everybody may watch, nothing tells there whose player it is. */
  readonly piece?: boolean
}

/** A player that was let in. */
export type Playing = {
  readonly grant: Grant
  /** Nothing of it may be kept anywhere, and its addresses carry a pass. */
  readonly isPrivate: boolean
  /** The same for all requests of one player that carries a pass. */
  readonly viewing: string | undefined
  /** The one it came with. */
  readonly pass: string | undefined
}

/** Who may watch. All of it rejects as `Doorkeeper.enter` does. */
export class WatchAccess {
  readonly #doorkeeper: Pick<Doorkeeper, 'enter' | 'holds' | 'asksHook'>
  readonly #broadcasts: Pick<Broadcasts, 'find'>
  readonly #grants: Pick<Grants, 'hold'>
  readonly #passes: Pick<ViewingPasses, 'enter' | 'give'>
  readonly #exclusions: Pick<Exclusions, 'assertMayWatch'>

  constructor({ doorkeeper, broadcasts, grants, passes, exclusions }: WatchAccessOptions) {
    this.#doorkeeper = doorkeeper
    this.#broadcasts = broadcasts
    this.#grants = grants
    this.#passes = passes
    this.#exclusions = exclusions
  }

  /** What everybody may know of a broadcast, and of a private one those who may watch or publish it. */
  see(id: string, visitor: Visitor): Promise<Grant> {
    return this.#doorkeeper.enter('see', id, visitor)
  }

  /** Through a door of live media also with `kicked`. */
  async enter(id: string, visitor: Visitor): Promise<Grant> {
    const grant = await this.#doorkeeper.enter('watch', id, visitor)
    this.#assertWelcome(grant, visitor, undefined)
    return grant
  }

  /** The same for players, that come back for each piece with what they carry in their addresses. */
  async enterPlayer(id: string, player: Player): Promise<Playing> {
    const { pass } = player
    const broadcast = pass === undefined ? undefined : await this.#broadcasts.find(id)
    if (pass !== undefined && broadcast && this.#isPrivate(broadcast)) {
      const entered = await this.#passes.enter(broadcast, pass)
      if (entered) {
        this.#assertWelcome(entered.grant, player, entered.viewing)
        return { ...entered, isPrivate: true, pass }
      }
    }
    const grant = await this.#doorkeeper.enter('watch', id, player)
    if (player.piece !== true) this.#assertWelcome(grant, player, pass)
    return { grant, isPrivate: this.#isPrivate(grant.broadcast), viewing: undefined, pass: undefined }
  }

  /** What the addresses of a player are to carry; undefined where everybody may watch. */
  passFor({ pass, isPrivate: needed, grant }: Playing): string | undefined {
    return needed ? (pass ?? this.#passes.give(grant)) : undefined
  }

  /** From now until it is closed; it is closed when the right to be there is lost. */
  hold(grant: Grant, held: Held): void {
    this.#grants.hold(grant, held)
  }

  /** Rejects with `token-expired` once the right is lost. */
  async assertHolds(grant: Grant): Promise<void> {
    if (await this.#doorkeeper.holds(grant)) return
    throw new BroadcastError('token-expired', 'you may not be here any longer')
  }

  /** What is recorded may be watched by those who were sent away. Nobody sends administrators away. */
  #assertWelcome(grant: Grant, { address, door, identity }: Visitor, session: string | undefined): void {
    if (door === undefined || identity?.person.role === 'admin') return
    this.#exclusions.assertMayWatch(grant.broadcast.id, { userId: personIdOf(grant), address, session })
  }

  #isPrivate({ record }: Broadcast): boolean {
    return record.visibility === 'private' || this.#doorkeeper.asksHook('watch')
  }
}
