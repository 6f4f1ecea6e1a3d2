import type { Clock, Logger } from '../ports.ts'
import type { Seal } from '../seal.ts'
import type { Secrets } from '../secrets.ts'
import { ApiKeys } from './api-keys.ts'
import { AttemptDelay } from './attempt-delay.ts'
import { Invitations } from './invitations.ts'
import type { OneTimeCodes } from './one-time-codes.ts'
import { OwnAuthentication } from './own-authentication.ts'
import { PasswordResets } from './password-resets.ts'
import type { PasswordHash } from './passwords.ts'
import type { PeopleStores } from './people-stores.ts'
import { SecondFactors } from './second-factors.ts'
import { Setup } from './setup.ts'
import { SIGN_IN_LIFE } from './sign-in-life.ts'
import { SignIns } from './sign-ins.ts'
import { Users } from './users.ts'

export type PeopleOptions = {
  stores: PeopleStores
  passwords: PasswordHash
  codes: OneTimeCodes
  seal: Seal
  secrets: Secrets
  clock: Clock
  logger: Logger
  /** Names of the cookie of a sign-in, the one to be preferred first. */
  cookies: readonly string[]
}

const HOUR = 3_600_000

/** Everything about the people of this server. */
export class People implements Disposable {
  readonly authentication: OwnAuthentication
  readonly users: Users
  readonly signIns: SignIns
  readonly secondFactors: SecondFactors
  readonly passwordResets: PasswordResets
  readonly apiKeys: ApiKeys
  readonly invitations: Invitations
  readonly setup: Setup
  readonly #options: PeopleOptions
  #cancelClearing = (): void => undefined

  constructor(options: PeopleOptions) {
    const { stores, clock } = options
    this.#options = options
    this.authentication = new OwnAuthentication(options)
    const parts = { ...options, ...stores, revoke: this.authentication.revoke.bind(this.authentication) }
    const delays = {
      account: new AttemptDelay({ clock, free: 5 }),
      address: new AttemptDelay({ clock, free: 20 }), // many people may share one
    }
    this.users = new Users(parts)
    this.secondFactors = new SecondFactors(parts)
    this.signIns = new SignIns({ ...parts, secondFactors: this.secondFactors, delays })
    const among = { ...parts, users: this.users, signIns: this.signIns }
    this.passwordResets = new PasswordResets(among)
    this.apiKeys = new ApiKeys(parts)
    this.invitations = new Invitations(among)
    this.setup = new Setup(among)
  }

  /** Removes what has expired, now and every hour until it is disposed. */
  keepClear(): void {
    this.#clear().catch((error: unknown) =>
      this.#options.logger.warn({ error }, 'what has expired was not removed'),
    )
    this.#cancelClearing = this.#options.clock.after(HOUR, () => this.keepClear())
  }

  [Symbol.dispose](): void {
    this.#cancelClearing()
  }

  async #clear(): Promise<void> {
    const { stores, clock } = this.#options
    const now = clock.now()
    await stores.signIns.removeOld(SIGN_IN_LIFE.endsOf(now))
    await stores.resetLinks.removeExpired(now)
    await stores.invitations.removeExpired(now)
  }
}
