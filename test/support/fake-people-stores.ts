import type { ApiKey, ApiKeyStore } from '../../src/core/people/api-key-store.ts'
import type { Invitation, InvitationStore } from '../../src/core/people/invitation-store.ts'
import type { PeopleStores } from '../../src/core/people/people-stores.ts'
import type { ResetLink, ResetLinkStore } from '../../src/core/people/reset-link-store.ts'
import type { SignIn, SignInStore } from '../../src/core/people/sign-in-store.ts'
import type { User, UserChanges, UserQuery, UserStore } from '../../src/core/people/user-store.ts'
import { emailTaken } from '../../src/core/people/users.ts'

/** A database that can be down. */
class Reach {
  failure: Error | undefined

  async reach(): Promise<void> {
    await Promise.resolve()
    if (this.failure) throw this.failure
  }
}

const before = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

class FakeUserStore implements UserStore {
  readonly #users = new Map<string, User>()
  readonly #steps = new Map<string, number>()
  readonly #codes = new Map<string, Set<string>>()
  readonly #down: Reach

  constructor(down: Reach) {
    this.#down = down
  }

  async insert(user: User): Promise<void> {
    await this.#down.reach()
    if ([...this.#users.values()].some(({ email }) => email === user.email)) throw emailTaken()
    this.#users.set(user.id, user)
  }

  async update(id: string, changes: UserChanges): Promise<boolean> {
    await this.#down.reach()
    const user = this.#users.get(id)
    if (changes.email !== undefined)
      for (const other of this.#users.values())
        if (other.email === changes.email && other.id !== id) throw emailTaken()
    if (user) this.#users.set(id, { ...user, ...changes })
    return user !== undefined
  }

  async find(id: string): Promise<User | undefined> {
    await this.#down.reach()
    return this.#users.get(id)
  }

  async findByEmail(email: string): Promise<User | undefined> {
    await this.#down.reach()
    return [...this.#users.values()].find((user) => user.email === email)
  }

  async list({ text = '', role, offset, limit }: UserQuery) {
    await this.#down.reach()
    const wanted = text.toLowerCase()
    const users = [...this.#users.values()]
      .filter((user) => role === undefined || user.role === role)
      .filter(({ name, email }) => name.toLowerCase().includes(wanted) || email.includes(wanted))
      .sort((a, b) => before(a.name.toLowerCase(), b.name.toLowerCase()) || before(a.email, b.email))
    return { users: users.slice(offset, offset + limit), total: users.length }
  }

  async countAdmins(): Promise<number> {
    await this.#down.reach()
    return [...this.#users.values()].filter((user) => user.role === 'admin' && user.disabledAt === null)
      .length
  }

  async remove(id: string): Promise<boolean> {
    await this.#down.reach()
    this.#codes.delete(id)
    return this.#users.delete(id)
  }

  async takeTotpStep(id: string, step: number): Promise<boolean> {
    await this.#down.reach()
    if (step <= (this.#steps.get(id) ?? 0)) return false
    this.#steps.set(id, step)
    return true
  }

  async setRecoveryCodes(id: string, hashes: readonly string[]): Promise<void> {
    await this.#down.reach()
    this.#codes.set(id, new Set(hashes))
  }

  async takeRecoveryCode(id: string, hash: string): Promise<boolean> {
    await this.#down.reach()
    return this.#codes.get(id)?.delete(hash) ?? false
  }

  async countRecoveryCodes(id: string): Promise<number> {
    await this.#down.reach()
    return this.#codes.get(id)?.size ?? 0
  }
}

class FakeSignInStore implements SignInStore {
  readonly #signIns = new Map<string, SignIn>()
  readonly #down: Reach

  constructor(down: Reach) {
    this.#down = down
  }

  async insert(signIn: SignIn): Promise<void> {
    await this.#down.reach()
    this.#signIns.set(signIn.id, signIn)
  }

  async findByToken(tokenHash: string): Promise<SignIn | undefined> {
    await this.#down.reach()
    return [...this.#signIns.values()].find((signIn) => signIn.tokenHash === tokenHash)
  }

  async list(userId: string): Promise<readonly SignIn[]> {
    await this.#down.reach()
    return [...this.#signIns.values()]
      .filter((signIn) => signIn.userId === userId)
      .sort((a, b) => b.seenAt - a.seenAt || before(a.id, b.id))
  }

  async touch(id: string, seen: Pick<SignIn, 'seenAt' | 'address'>): Promise<void> {
    await this.#down.reach()
    const signIn = this.#signIns.get(id)
    if (signIn) this.#signIns.set(id, { ...signIn, ...seen })
  }

  async remove(id: string): Promise<boolean> {
    await this.#down.reach()
    return this.#signIns.delete(id)
  }

  async removeOf(userId: string, exceptId?: string): Promise<void> {
    await this.#down.reach()
    for (const signIn of this.#signIns.values())
      if (signIn.userId === userId && signIn.id !== exceptId) this.#signIns.delete(signIn.id)
  }

  async removeOld({ createdBefore, seenBefore }: Parameters<SignInStore['removeOld']>[0]): Promise<void> {
    await this.#down.reach()
    for (const { id, createdAt, seenAt } of this.#signIns.values())
      if (createdAt < createdBefore || seenAt < seenBefore) this.#signIns.delete(id)
  }
}

class FakeApiKeyStore implements ApiKeyStore {
  readonly #keys = new Map<string, ApiKey>()
  readonly #down: Reach

  constructor(down: Reach) {
    this.#down = down
  }

  async insert(key: ApiKey): Promise<void> {
    await this.#down.reach()
    this.#keys.set(key.id, key)
  }

  async find(id: string): Promise<ApiKey | undefined> {
    await this.#down.reach()
    return this.#keys.get(id)
  }

  async findByHash(hash: string): Promise<ApiKey | undefined> {
    await this.#down.reach()
    return [...this.#keys.values()].find((key) => key.hash === hash)
  }

  async list({ userId, offset, limit }: Parameters<ApiKeyStore['list']>[0]) {
    await this.#down.reach()
    const keys = [...this.#keys.values()]
      .filter((key) => userId === undefined || key.userId === userId)
      .sort((a, b) => b.createdAt - a.createdAt || before(a.id, b.id))
    return { keys: keys.slice(offset, offset + limit), total: keys.length }
  }

  async touch(id: string, usedAt: number): Promise<void> {
    await this.#down.reach()
    const key = this.#keys.get(id)
    if (key) this.#keys.set(id, { ...key, usedAt })
  }

  async remove(id: string): Promise<boolean> {
    await this.#down.reach()
    return this.#keys.delete(id)
  }

  async removeOf(userId: string): Promise<void> {
    await this.#down.reach()
    for (const key of this.#keys.values()) if (key.userId === userId) this.#keys.delete(key.id)
  }
}

class FakeInvitationStore implements InvitationStore {
  readonly #invitations = new Map<string, Invitation>()
  readonly #down: Reach

  constructor(down: Reach) {
    this.#down = down
  }

  async insert(invitation: Invitation): Promise<void> {
    await this.#down.reach()
    this.#invitations.set(invitation.id, invitation)
  }

  async findByToken(tokenHash: string): Promise<Invitation | undefined> {
    await this.#down.reach()
    return [...this.#invitations.values()].find((invitation) => invitation.tokenHash === tokenHash)
  }

  async list({ offset, limit }: { offset: number; limit: number }) {
    await this.#down.reach()
    const all = [...this.#invitations.values()].sort(
      (a, b) => b.createdAt - a.createdAt || before(a.id, b.id),
    )
    return { invitations: all.slice(offset, offset + limit), total: all.length }
  }

  async remove(id: string): Promise<boolean> {
    await this.#down.reach()
    return this.#invitations.delete(id)
  }

  async removeExpired(now: number): Promise<void> {
    await this.#down.reach()
    for (const { id, expiresAt } of this.#invitations.values())
      if (expiresAt <= now) this.#invitations.delete(id)
  }
}

class FakeResetLinkStore implements ResetLinkStore {
  readonly #links = new Map<string, ResetLink>()
  readonly #down: Reach

  constructor(down: Reach) {
    this.#down = down
  }

  async insert(link: ResetLink): Promise<void> {
    await this.#down.reach()
    this.#links.set(link.tokenHash, link)
  }

  async find(tokenHash: string): Promise<ResetLink | undefined> {
    await this.#down.reach()
    return this.#links.get(tokenHash)
  }

  async remove(tokenHash: string): Promise<boolean> {
    await this.#down.reach()
    return this.#links.delete(tokenHash)
  }

  async removeOf(userId: string): Promise<void> {
    await this.#down.reach()
    for (const link of this.#links.values()) if (link.userId === userId) this.#links.delete(link.tokenHash)
  }

  async removeExpired(now: number): Promise<void> {
    await this.#down.reach()
    for (const { tokenHash, expiresAt } of this.#links.values())
      if (expiresAt <= now) this.#links.delete(tokenHash)
  }
}

/** Everything about people in memory. While `down.failure` is set, every call rejects with it. */
export class FakePeopleStores implements PeopleStores {
  readonly down = new Reach()
  readonly users = new FakeUserStore(this.down)
  readonly signIns = new FakeSignInStore(this.down)
  readonly apiKeys = new FakeApiKeyStore(this.down)
  readonly invitations = new FakeInvitationStore(this.down)
  readonly resetLinks = new FakeResetLinkStore(this.down)
}
