import type { AuthorisationHook, HookAction, HookAnswer } from './authorisation-hook.ts'
import type { Broadcast } from './broadcast.ts'
import type { Broadcasts } from './broadcasts.ts'
import { BroadcastError } from './errors.ts'
import {
  type Action,
  type Asker,
  decide,
  isForEverybody,
  type Refusal,
  type Verdict,
  whileUnknown,
} from './permissions.ts'
import type { Clock } from './ports.ts'
import type { Revocations } from './revocations.ts'
import type { Shares } from './shares.ts'
import type { ViewerTokens } from './viewer-token.ts'
import type { Visitor } from './visitor.ts'

export type DoorkeeperOptions = {
  broadcasts: Broadcasts
  shares: Pick<Shares, 'of'>
  tokens: Pick<ViewerTokens, 'read'>
  revocations: Pick<Revocations, 'holds' | 'mayBroadcast'>
  clock: Clock
  open: boolean
  /** Another application that decides who may publish and watch. */
  hook?: AuthorisationHook | undefined
}

/** What was checked of a secret that somebody brought. */
type Brought = {
  readonly brings?: Asker['brings']
  /** Of a viewer token. */
  readonly tokenId?: string
  readonly expiresAt?: number
  /** Of a stream key: it is right as long as this is its hash. */
  readonly keyHash?: string
  /** Who it is to the application that decided. */
  readonly person?: HookAnswer['person']
}

type Bringing = Pick<Visitor, 'token' | 'identity'> & {
  readonly id: string
  readonly broadcast: Broadcast | undefined
}

/** Why somebody was let in. It must hold for as long as they stay. */
export type Grant = {
  readonly broadcast: Broadcast
  readonly action: Action
  readonly asker: Asker & Brought
  /** Monotonic milliseconds of this process. */
  readonly since: number
}

/** The same words for what is not there and what is private. */
const UNKNOWN =
  'there is no broadcast with this id, or it is private: then it needs a viewer token, or an account that was let in'
/** What an application that decides allows along with what it was asked for: they serve nothing else. */
const COMES_WITH: Partial<Record<Action, HookAction>> = { control: 'publish', see: 'watch' }
const NOBODY: ReadonlySet<string> = new Set()
/** A JSON Web Token; stream keys have no dots. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Finds out who a visitor is to a broadcast, by everything they bring, and what they may then do. */
export class Doorkeeper {
  readonly #options: DoorkeeperOptions

  constructor(options: DoorkeeperOptions) {
    this.#options = options
  }

  get open(): boolean {
    return this.#options.open
  }

  /** For what is about no broadcast in particular. Throws `unauthenticated` or `not-allowed`. */
  assertMay(action: Action, visitor: Visitor): void {
    const verdict = decide(action, this.#askerOf(visitor))
    if (verdict !== 'yes') throw refusalOf(verdict)
  }

  /** The same as a question. */
  may(action: Action, visitor: Visitor): boolean {
    return decide(action, this.#askerOf(visitor)) === 'yes'
  }

  /**
   * Lets somebody do something with a broadcast. Rejects with `broadcast-not-found`, also for a private one that they
   * may not know of, with `unauthenticated`, `not-allowed`, or `token-expired` for a viewer token that was good once.
   */
  async enter(action: Action, id: string, visitor: Visitor): Promise<Grant> {
    if (action === 'publish' || action === 'watch')
      return this.#enter(action, id, visitor, await this.askHook(action, id, visitor))
    try {
      return await this.#enter(action, id, visitor)
    } catch (error) {
      const hooked = COMES_WITH[action]
      const brought = hooked && (await this.askHook(hooked, id, visitor).catch(() => undefined))
      if (!brought) throw error
      return this.#enter(action, id, visitor, brought)
    }
  }

  /** Whether another application decides about this. */
  asksHook(action: HookAction): boolean {
    return this.#options.hook?.asks(action) ?? false
  }

  /** What another application says: undefined where none is asked. Rejects where it refuses, for an id that nobody has too. */
  async askHook(action: HookAction, id: string, visitor: Visitor): Promise<Brought | undefined> {
    const { hook } = this.#options
    if (!hook?.asks(action)) return undefined
    const answer = await (action === 'publish'
      ? hook.mayPublish(visitor, id, visitor.door)
      : hook.mayWatch(visitor, id, visitor.door))
    const { verdict, person } = answer
    if (verdict === 'allow')
      return { brings: action === 'publish' ? 'stream-key' : 'viewer-token', ...(person && { person }) }
    throw visitor.token === undefined && !visitor.identity
      ? new BroadcastError('unauthenticated', 'this needs a token')
      : new BroadcastError('not-allowed', 'you may not do this')
  }

  async #enter(action: Action, id: string, visitor: Visitor, byHook?: Brought): Promise<Grant> {
    const broadcast = await this.#options.broadcasts.find(id)
    const brought = byHook ?? (await this.#lookAt(action, { ...{ id, broadcast }, ...visitor }))
    const asker = this.#askerOf(visitor)
    if (!broadcast) throw refusalOf(whileUnknown(action, asker))
    const grant = {
      broadcast,
      action,
      asker: { ...asker, ...brought },
      since: this.#options.clock.monotonic(),
    }
    const verdict = await this.#verdictOn(grant)
    if (verdict === 'yes') return grant
    if (brought.tokenId !== undefined && isForEverybody(action))
      throw new BroadcastError('token-expired', 'this link has expired or was taken back: ask for a new one')
    throw refusalOf(verdict)
  }

  /** Whether what somebody was let in for still holds. What cannot be known now is taken to hold. */
  async holds(grant: Grant): Promise<boolean> {
    const { broadcast, asker, since } = grant
    const { identity, keyHash, brings } = asker
    const isKnown = identity !== undefined && (await this.#options.revocations.holds(identity, since))
    const isRight =
      keyHash === undefined || (keyHash === broadcast.record.keyHash && (await this.#keyCounts(broadcast)))
    const left = {
      ...asker,
      identity: isKnown ? identity : undefined,
      brings: isRight ? brings : undefined,
    }
    try {
      return (await this.#verdictOn({ ...grant, asker: left })) === 'yes'
    } catch {
      return true
    }
  }

  async #verdictOn({ broadcast, action, asker }: Omit<Grant, 'since'>): Promise<Verdict> {
    const { visibility, ownerId } = broadcast.record
    if (visibility !== 'private') return decide(action, asker, { visibility, ownerId, named: NOBODY })
    const { shares, clock } = this.#options
    const { tokens, named } = await shares.of(broadcast.id)
    const { tokenId, expiresAt = 0 } = asker
    const isGood = tokenId === undefined || (tokens.has(tokenId) && expiresAt > clock.now())
    const brings = isGood ? asker.brings : undefined
    return decide(action, { ...asker, brings }, { visibility, ownerId, named })
  }

  /** Where everybody may ask, a wrong secret is worth nothing; elsewhere one that is given must be right. */
  async #lookAt(action: Action, { id, broadcast, token, identity }: Bringing): Promise<Brought> {
    if (token === undefined) return {}
    if (TOKEN.test(token)) {
      const claims = await this.#options.tokens.read(token)
      if (claims?.broadcastId === id)
        return { brings: 'viewer-token', tokenId: claims.id, expiresAt: claims.expiresAt }
    }
    const isRight = this.#options.broadcasts.hasKey(broadcast, token)
    if (isRight && broadcast && (await this.#keyCounts(broadcast)))
      return { brings: 'stream-key', keyHash: broadcast.record.keyHash }
    // The header may be how another application knows its user: then it is about them, and no stream key.
    if (isForEverybody(action) || identity?.kind === 'host') return {}
    throw new BroadcastError('unauthenticated', 'this stream key does not open this broadcast')
  }

  /** The key of somebody who may not broadcast any more opens nothing. */
  async #keyCounts({ record: { ownerId } }: Broadcast): Promise<boolean> {
    return ownerId === null || this.#options.revocations.mayBroadcast(ownerId)
  }

  #askerOf({ foreign, identity }: Visitor): Asker {
    return { open: this.#options.open, foreign, identity }
  }
}

/** Whose account it is, here or at the application that decided; undefined for everybody without one. */
export function personIdOf({ asker }: Grant): string | undefined {
  return asker.identity?.person.id ?? asker.person?.id
}

function refusalOf(verdict: Refusal): BroadcastError {
  switch (verdict) {
    case 'unknown':
      return new BroadcastError('broadcast-not-found', UNKNOWN)
    case 'unauthenticated':
      return new BroadcastError('unauthenticated', 'this needs an account that may, or the stream key')
    case 'not-allowed':
      return new BroadcastError('not-allowed', 'this is for its owner and for administrators')
  }
}
