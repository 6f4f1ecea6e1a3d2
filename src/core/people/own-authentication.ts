import type { Authentication, RequestHeaders, Revocation } from '../authentication.ts'
import { Emitter } from '../emitter.ts'
import type { Identity, Person } from '../identity.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import { cookieIn } from './cookie-in.ts'
import type { PeopleStores } from './people-stores.ts'
import { SIGN_IN_LIFE } from './sign-in-life.ts'
import { personOf } from './user-store.ts'

export type OwnAuthenticationOptions = {
  stores: PeopleStores
  secrets: Pick<Secrets, 'hash'>
  clock: Clock
  logger: Logger
  /** Names of the cookie, the one to be preferred first. */
  cookies: readonly string[]
}

type Known = { readonly identity: Identity | undefined; readonly at: number }

export const API_KEY_PREFIX = 'klieg_'
/** How long an answer of the database is believed. What is revoked in this process ends at once. */
const BELIEVED_FOR = 3_000
/** How long it is believed while the database does not answer. */
const BELIEVED_WITHOUT_DATABASE = 10 * 60_000
const MAX_KNOWN = 10_000
/** Milliseconds between two notes of when somebody was seen. */
const NOTE_EVERY = 60_000

/** Knows people by our own accounts: the cookie of a sign-in, or an API key. */
export class OwnAuthentication implements Authentication {
  readonly #options: OwnAuthenticationOptions
  readonly #revoked: Emitter<{ revoked: Revocation }>
  readonly #known = new Map<string, Known>()
  /** Counts revocations, so that what was read before one is not believed after it. */
  #revocations = 0

  constructor(options: OwnAuthenticationOptions) {
    this.#options = options
    this.#revoked = new Emitter((error) => options.logger.error({ error }, 'listener of revocations failed'))
  }

  async identify(headers: RequestHeaders, address: string): Promise<Identity | undefined> {
    const token = tokenIn(headers, this.#options.cookies)
    if (token === undefined) return undefined
    const hash = this.#options.secrets.hash(token)
    const known = this.#known.get(hash)
    const age = known ? this.#options.clock.monotonic() - known.at : Infinity
    if (known && age < BELIEVED_FOR) return known.identity
    try {
      return await this.#look(hash, token.startsWith(API_KEY_PREFIX), address)
    } catch (error) {
      if (known && age < BELIEVED_WITHOUT_DATABASE) return known.identity
      throw error
    }
  }

  onRevoked(listener: (fact: Revocation) => void): () => void {
    return this.#revoked.on('revoked', listener)
  }

  async stillHolds(identity: Identity): Promise<boolean> {
    const { stores, clock } = this.#options
    const { id, role } = identity.person
    if ((await this.person(id))?.role !== role) return false
    const now = clock.now()
    if (identity.kind === 'session')
      return (await stores.signIns.list(id)).some(
        (signIn) => signIn.id === identity.sessionId && SIGN_IN_LIFE.holds(signIn, now),
      )
    if (identity.kind === 'host') return true
    const key = await stores.apiKeys.find(identity.keyId)
    return key !== undefined && (key.expiresAt === null || key.expiresAt > now)
  }

  async person(id: string): Promise<Person | undefined> {
    const user = await this.#options.stores.users.find(id)
    return user && user.disabledAt === null ? personOf(user) : undefined
  }

  /** From now on it does not hold any more; everybody who relies on it is told. */
  revoke(fact: Revocation): void {
    this.#revocations++
    for (const [hash, { identity }] of this.#known)
      if (identity === undefined || identity.person.id === fact.personId) this.#known.delete(hash)
    this.#revoked.emit('revoked', fact)
  }

  async #look(hash: string, isKey: boolean, address: string): Promise<Identity | undefined> {
    const revocations = this.#revocations
    const identity = await (isKey ? this.#byKey(hash) : this.#bySignIn(hash, address))
    if (this.#revocations !== revocations) return this.#look(hash, isKey, address)
    this.#known.delete(hash)
    if (identity) this.#known.set(hash, { identity, at: this.#options.clock.monotonic() })
    if (this.#known.size <= MAX_KNOWN) return identity
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
    return identity
  }

  async #bySignIn(hash: string, address: string): Promise<Identity | undefined> {
    const { stores, clock } = this.#options
    const signIn = await stores.signIns.findByToken(hash)
    const now = clock.now()
    if (!signIn || !SIGN_IN_LIFE.holds(signIn, now)) return undefined
    const user = await stores.users.find(signIn.userId)
    if (!user || user.disabledAt !== null) return undefined
    if (now - signIn.seenAt >= NOTE_EVERY)
      this.#note(() =>
        Promise.all([
          stores.signIns.touch(signIn.id, { seenAt: now, address }),
          stores.users.update(user.id, { seenAt: now }),
        ]),
      )
    return { kind: 'session', person: personOf(user), sessionId: signIn.id }
  }

  async #byKey(hash: string): Promise<Identity | undefined> {
    const { stores, clock } = this.#options
    const key = await stores.apiKeys.findByHash(hash)
    const now = clock.now()
    if (!key || (key.expiresAt !== null && key.expiresAt <= now)) return undefined
    const user = await stores.users.find(key.userId)
    if (!user || user.disabledAt !== null) return undefined
    if (now - (key.usedAt ?? 0) >= NOTE_EVERY) this.#note(() => stores.apiKeys.touch(key.id, now))
    return { kind: 'api-key', person: personOf(user), keyId: key.id, scopes: key.scopes }
  }

  /** Whoever asks does not wait for it. */
  #note(write: () => Promise<unknown>): void {
    write().catch((error: unknown) => this.#options.logger.warn({ error }, 'not noted who was seen'))
  }
}

/** The API key, or else the token of the cookie. Other keys in the header are somebody else's business. */
function tokenIn(headers: RequestHeaders, cookies: readonly string[]): string | undefined {
  const { authorization, cookie } = headers
  const bearer = typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined
  if (bearer?.startsWith(API_KEY_PREFIX)) return bearer
  if (typeof cookie !== 'string') return undefined
  const token = cookieIn(cookie, cookies)
  return token?.startsWith(API_KEY_PREFIX) ? undefined : token
}
