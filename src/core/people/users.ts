import type { Revocation } from '../authentication.ts'
import { BroadcastError } from '../errors.ts'
import type { Role } from '../identity.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import { assertStrong, normalPassword, type PasswordHash } from './passwords.ts'
import type { PeopleStores } from './people-stores.ts'
import { normalEmail, type User, type UserChanges, type UserQuery } from './user-store.ts'

export type UsersOptions = {
  stores: PeopleStores
  passwords: PasswordHash
  secrets: Secrets
  clock: Clock
  logger: Logger
  revoke: (fact: Revocation) => void
}

export type NewUser = {
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Absent for somebody who chooses it by a link. */
  readonly password?: string
}

export const LONGEST_NAME = 80
export const LONGEST_EMAIL = 254
/** Enough to catch slips; whether anybody reads it, only a letter tells. */
const EMAIL = /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+\.[^\s@<>()[\],;:"\\.]+$/
const LOCAL_EMAIL = /^[^\s@<>()[\],;:"\\]+@localhost$/

/** The accounts of this server. */
export class Users {
  readonly #options: UsersOptions

  constructor(options: UsersOptions) {
    this.#options = options
  }

  /** Rejects with `bad-request`, `weak-password` or `email-taken`. */
  async create({ email, name, role, password }: NewUser): Promise<User> {
    const { stores, secrets, clock, logger } = this.#options
    const user: User = {
      id: secrets.newId(),
      email: goodEmail(email),
      name: goodName(name),
      role,
      passwordHash: password === undefined ? null : await this.#hashOf(password, { email, name }),
      totp: null,
      totpPending: null,
      createdAt: clock.now(),
      seenAt: null,
      disabledAt: null,
    }
    await stores.users.insert(user)
    logger.info({ user: user.id, role }, 'account made')
    return user
  }

  /** Rejects with what is wrong, as `create` does, but makes nothing. */
  async assertCreatable({ email, name, password }: Omit<NewUser, 'role'>): Promise<void> {
    const address = goodEmail(email)
    goodName(name)
    if (password !== undefined) assertStrong(password, { email: address, name })
    if (await this.#options.stores.users.findByEmail(address)) throw emailTaken()
  }

  /** Rejects with `user-not-found`. */
  async get(id: string): Promise<User> {
    const user = await this.#options.stores.users.find(id)
    if (!user) throw new BroadcastError('user-not-found', 'there is no such account')
    return user
  }

  findByEmail(email: string): Promise<User | undefined> {
    return this.#options.stores.users.findByEmail(normalEmail(email))
  }

  list(query: UserQuery): Promise<{ users: readonly User[]; total: number }> {
    return this.#options.stores.users.list(query)
  }

  async hasAdmin(): Promise<boolean> {
    return (await this.#options.stores.users.countAdmins()) > 0
  }

  /** Rejects with `bad-request`. */
  async rename(id: string, name: string): Promise<User> {
    return this.#change(id, { name: goodName(name) })
  }

  /** What they have open goes by the new role. Rejects with `last-admin`. */
  async changeRole(id: string, role: Role): Promise<User> {
    const user = await this.get(id)
    if (user.role === role) return user
    if (role !== 'admin') await this.#assertNotLastAdmin(user)
    const changed = await this.#change(id, { role })
    this.#options.revoke({ personId: id })
    this.#options.logger.info({ user: id, role }, 'role changed')
    return changed
  }

  /** Signs them out everywhere. Rejects with `last-admin`. */
  async disable(id: string): Promise<User> {
    const { stores, clock, revoke, logger } = this.#options
    const user = await this.get(id)
    if (user.disabledAt !== null) return user
    await this.#assertNotLastAdmin(user)
    const changed = await this.#change(id, { disabledAt: clock.now() })
    await stores.signIns.removeOf(id)
    await stores.resetLinks.removeOf(id)
    revoke({ personId: id })
    logger.info({ user: id }, 'account disabled')
    return changed
  }

  async enable(id: string): Promise<User> {
    const changed = await this.#change(id, { disabledAt: null })
    this.#options.logger.info({ user: id }, 'account enabled')
    return changed
  }

  /** With all that belongs to the account. Rejects with `last-admin`. */
  async remove(id: string): Promise<void> {
    const { stores, revoke, logger } = this.#options
    await this.#assertNotLastAdmin(await this.get(id))
    await stores.users.remove(id)
    await stores.signIns.removeOf(id)
    await stores.apiKeys.removeOf(id)
    await stores.resetLinks.removeOf(id)
    revoke({ personId: id })
    logger.info({ user: id }, 'account removed')
  }

  /** Ends nothing by itself. Rejects with `weak-password`. */
  async setPassword(user: User, password: string): Promise<void> {
    const { stores, logger } = this.#options
    const passwordHash = await this.#hashOf(password, user)
    await stores.users.update(user.id, { passwordHash })
    await stores.resetLinks.removeOf(user.id)
    logger.info({ user: user.id }, 'password changed')
  }

  async #hashOf(password: string, who: { email: string; name: string }): Promise<string> {
    assertStrong(password, { email: normalEmail(who.email), name: who.name })
    return this.#options.passwords.hash(normalPassword(password))
  }

  async #change(id: string, changes: UserChanges): Promise<User> {
    await this.#options.stores.users.update(id, changes)
    return this.get(id)
  }

  /** Nobody could let anybody in again. */
  async #assertNotLastAdmin({ role, disabledAt }: User): Promise<void> {
    if (role !== 'admin' || disabledAt !== null) return
    if ((await this.#options.stores.users.countAdmins()) <= 1)
      throw new BroadcastError('last-admin', 'this is the only administrator: make another one first')
  }
}

/** Of the store, where two were made at once. */
export function emailTaken(): BroadcastError {
  return new BroadcastError('email-taken', 'there is an account with this e-mail already')
}

/** As it is stored. Throws `bad-request`. */
export function goodEmail(email: string): string {
  const normal = normalEmail(email)
  if (normal.length > LONGEST_EMAIL || !(EMAIL.test(normal) || LOCAL_EMAIL.test(normal)))
    throw new BroadcastError('bad-request', 'this is not an e-mail address')
  return normal
}

function goodName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .trim()
  if (plain === '' || Array.from(plain).length > LONGEST_NAME)
    throw new BroadcastError('bad-request', `a name has 1 to ${LONGEST_NAME} characters`)
  return plain
}
