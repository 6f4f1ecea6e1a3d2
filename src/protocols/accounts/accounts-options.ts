import type { FastifyRequest } from 'fastify'
import type { Doorkeeper } from '../../core/doorkeeper.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { Identity } from '../../core/identity.ts'
import type { Mailer } from '../../core/people/mailer.ts'
import type { People } from '../../core/people/people.ts'
import type { Device } from '../../core/people/sign-ins.ts'
import type { User } from '../../core/people/user-store.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import type { SessionCookie } from './session-cookie.ts'

/** What accounts need from the rest of the system, and nothing more. */
export type AccountsOptions = {
  people: People
  cookie: SessionCookie
  doorkeeper: Pick<Doorkeeper, 'assertMay'>
  clock: Clock
  logger: Logger
  publicUrl: string
  /** Absent where no mail server is configured: links are then told to the administrator. */
  mailer?: Mailer | undefined
  /** What others keep of an account that is removed. */
  forget: (userId: string) => Promise<unknown>
  /** Everybody may make an account, as a viewer. */
  registration: () => boolean
}

/** Where somebody signs in. */
export function deviceOf({ ip, headers }: FastifyRequest): Device {
  return { address: ip, agent: headers['user-agent'] ?? '' }
}

/**
 * Whoever sits before the browser: an API key may not touch the account itself, or a stolen one would become it.
 * Throws `unauthenticated` or `not-allowed`.
 */
export function sessionIn({ identity }: FastifyRequest): Extract<Identity, { kind: 'session' }> {
  if (!identity) throw new BroadcastError('unauthenticated', 'sign in first')
  if (identity.kind !== 'session')
    throw new BroadcastError('not-allowed', 'an account is changed in the browser, not by an API key')
  return identity
}

/** The account behind it. */
export async function ownAccount(
  { people }: Pick<AccountsOptions, 'people'>,
  request: FastifyRequest,
): Promise<User> {
  return people.users.get(sessionIn(request).person.id)
}
