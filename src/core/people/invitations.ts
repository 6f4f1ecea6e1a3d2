import { BroadcastError } from '../errors.ts'
import type { Role } from '../identity.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import type { Invitation, InvitationStore } from './invitation-store.ts'
import type { User } from './user-store.ts'
import { emailTaken, goodEmail, type NewUser, type Users } from './users.ts'

export type InvitationsOptions = {
  users: Users
  invitations: InvitationStore
  secrets: Secrets
  clock: Clock
  logger: Logger
}

/** Links by which somebody makes an account of a given role, once. */
export class Invitations {
  readonly #options: InvitationsOptions

  constructor(options: InvitationsOptions) {
    this.#options = options
  }

  /** The token of the link is told this once. Rejects with `bad-request` or `email-taken`. */
  async make(wanted: {
    role: Role
    email: string | null
    /** Milliseconds. */
    lasts: number
    by: string
  }): Promise<{ invitation: Invitation; token: string }> {
    const { users, invitations, secrets, clock, logger } = this.#options
    const email = wanted.email === null ? null : goodEmail(wanted.email)
    if (email !== null && (await users.findByEmail(email))) throw emailTaken()
    const token = secrets.newToken()
    const now = clock.now()
    const invitation: Invitation = {
      ...{
        id: secrets.newId(),
        tokenHash: secrets.hash(token),
        role: wanted.role,
        email,
        createdBy: wanted.by,
      },
      ...{ createdAt: now, expiresAt: now + wanted.lasts },
    }
    await invitations.insert(invitation)
    logger.info({ invitation: invitation.id, role: wanted.role, by: wanted.by }, 'invitation made')
    return { invitation, token }
  }

  list(page: { offset: number; limit: number }): ReturnType<InvitationStore['list']> {
    return this.#options.invitations.list(page)
  }

  /** What it is for. Rejects with `link-not-valid`. */
  async look(token: string): Promise<Invitation> {
    const { invitations, secrets, clock } = this.#options
    const invitation = await invitations.findByToken(secrets.hash(token))
    if (!invitation || invitation.expiresAt <= clock.now()) throw notValid()
    return invitation
  }

  /** Makes the account, and uses the invitation up. One that was sent to an address is for that address. */
  async accept(token: string, wanted: Omit<NewUser, 'role'>): Promise<User> {
    const { users, invitations, logger } = this.#options
    const invitation = await this.look(token)
    const account = { ...wanted, email: invitation.email ?? wanted.email, role: invitation.role }
    await users.assertCreatable(account)
    if (!(await invitations.remove(invitation.id))) throw notValid()
    try {
      const user = await users.create(account)
      logger.info({ invitation: invitation.id, user: user.id }, 'invitation accepted')
      return user
    } catch (error) {
      await invitations.insert(invitation)
      throw error
    }
  }

  /** Rejects with `invitation-not-found`. */
  async revoke(id: string): Promise<void> {
    if (!(await this.#options.invitations.remove(id)))
      throw new BroadcastError('invitation-not-found', 'there is no such invitation, or it was used')
  }
}

function notValid(): BroadcastError {
  return new BroadcastError(
    'link-not-valid',
    'this invitation has expired or was used already: ask for a new one',
  )
}
