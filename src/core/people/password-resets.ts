import { BroadcastError } from '../errors.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import { assertStrong } from './passwords.ts'
import type { ResetLink, ResetLinkStore } from './reset-link-store.ts'
import type { SignIns } from './sign-ins.ts'
import type { User } from './user-store.ts'
import type { Users } from './users.ts'

export type PasswordResetsOptions = {
  users: Users
  signIns: Pick<SignIns, 'endAll'>
  resetLinks: ResetLinkStore
  secrets: Secrets
  clock: Clock
  logger: Logger
}

const HOUR = 3_600_000

/** New passwords by a link that works once, for an hour. */
export class PasswordResets {
  readonly #options: PasswordResetsOptions

  constructor(options: PasswordResetsOptions) {
    this.#options = options
  }

  /** The token of the link; earlier links of the same account end. */
  async make(user: Pick<User, 'id'>): Promise<{ token: string; expiresAt: number }> {
    const { resetLinks, secrets, clock, logger } = this.#options
    const token = secrets.newToken()
    const expiresAt = clock.now() + HOUR
    await resetLinks.removeOf(user.id)
    await resetLinks.insert({ tokenHash: secrets.hash(token), userId: user.id, expiresAt })
    logger.info({ user: user.id }, 'link for a new password made')
    return { token, expiresAt }
  }

  /** Whose link it is. Rejects with `link-not-valid`. */
  async look(token: string): Promise<User> {
    return (await this.#find(token)).user
  }

  /** Uses the link up and signs out everywhere. Rejects with `weak-password` or `link-not-valid`. */
  async use(token: string, password: string): Promise<User> {
    const { users, signIns, resetLinks } = this.#options
    const { user, link } = await this.#find(token)
    assertStrong(password, user)
    if (!(await resetLinks.remove(link.tokenHash))) throw notValid()
    await users.setPassword(user, password)
    await signIns.endAll(user.id)
    return user
  }

  async #find(token: string): Promise<{ user: User; link: ResetLink }> {
    const { users, resetLinks, secrets, clock } = this.#options
    const link = await resetLinks.find(secrets.hash(token))
    if (!link || link.expiresAt <= clock.now()) throw notValid()
    const user = await users.get(link.userId).catch(() => undefined)
    if (!user || user.disabledAt !== null) throw notValid()
    return { user, link }
  }
}

function notValid(): BroadcastError {
  return new BroadcastError('link-not-valid', 'this link has expired or was used already: ask for a new one')
}
