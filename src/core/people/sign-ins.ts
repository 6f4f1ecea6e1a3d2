import { addressBlock } from '../address-block.ts'
import type { Revocation } from '../authentication.ts'
import { BroadcastError } from '../errors.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import type { AttemptDelay } from './attempt-delay.ts'
import { normalPassword, type PasswordHash } from './passwords.ts'
import type { SecondFactors } from './second-factors.ts'
import { SIGN_IN_LIFE } from './sign-in-life.ts'
import type { SignIn, SignInStore } from './sign-in-store.ts'
import { normalEmail, type User, type UserStore } from './user-store.ts'

export type SignInsOptions = {
  users: UserStore
  signIns: SignInStore
  passwords: PasswordHash
  secondFactors: Pick<SecondFactors, 'check'>
  secrets: Secrets
  clock: Clock
  logger: Logger
  revoke: (fact: Revocation) => void
  delays: AttemptDelays
}

/** Of guesses about one account, and of guesses from one place. */
export type AttemptDelays = { readonly account: AttemptDelay; readonly address: AttemptDelay }

/** The browser that signs in. */
export type Device = { readonly address: string; readonly agent: string }

export type Credentials = {
  readonly email: string
  readonly password: string
  /** Of the second factor. */
  readonly code?: string | undefined
}

const LONGEST_AGENT = 200

/** Lets people in by e-mail and password, and out again. */
export class SignIns {
  readonly #options: SignInsOptions
  /** What a password is compared with where there is no account, for the same time to pass. */
  readonly #nobody: Promise<string>

  constructor(options: SignInsOptions) {
    this.#options = options
    this.#nobody = options.passwords.hash(options.secrets.newToken())
    this.#nobody.catch(() => undefined) // told to whoever waits for it
  }

  /**
   * Who it is. Rejects with `wrong-credentials`, with `second-factor-required` when only the code is missing,
   * `wrong-code`, or `too-many-requests`.
   */
  async check(credentials: Credentials, device: Device): Promise<User> {
    try {
      return await this.#guard(credentials, device, () => this.#check(credentials))
    } catch (error) {
      if (error instanceof BroadcastError && error.code !== 'second-factor-required')
        this.#options.logger.info({ address: device.address, code: error.code }, 'sign-in refused')
      throw error
    }
  }

  /** Signs a browser in, for somebody who has shown who they are. Returns the token for its cookie. */
  async open(user: User, { address, agent }: Device): Promise<string> {
    const { signIns, users, secrets, clock, logger } = this.#options
    const token = secrets.newToken()
    const now = clock.now()
    const id = secrets.newId()
    await signIns.insert({
      ...{ id, userId: user.id, tokenHash: secrets.hash(token), createdAt: now, seenAt: now, address },
      agent: agent.slice(0, LONGEST_AGENT),
    })
    await users.update(user.id, { seenAt: now })
    logger.info({ user: user.id, address }, 'signed in')
    return token
  }

  /** Guesses at the password of somebody who is signed in count like any other. */
  async confirm(user: User, password: string, device: Device): Promise<void> {
    await this.#guard(user, device, async () => {
      if (!(await this.#matches(user, password))) throw wrong()
    })
  }

  /** Where somebody is signed in, latest seen first. */
  async list(userId: string): Promise<readonly SignIn[]> {
    const { signIns, clock } = this.#options
    const now = clock.now()
    return (await signIns.list(userId)).filter((signIn) => SIGN_IN_LIFE.holds(signIn, now))
  }

  /** The one whose token this is, if any. */
  async leave(token: string): Promise<void> {
    const { signIns, secrets } = this.#options
    const signIn = await signIns.findByToken(secrets.hash(token))
    if (signIn) await this.end(signIn.userId, signIn.id)
  }

  /** False when there is none such of this person. */
  async end(userId: string, id: string): Promise<boolean> {
    const { signIns, revoke } = this.#options
    const own = (await signIns.list(userId)).some((signIn) => signIn.id === id)
    if (!own || !(await signIns.remove(id))) return false
    revoke({ personId: userId, sessionId: id })
    return true
  }

  /** Everywhere, but for one browser if it is named. */
  async endAll(userId: string, exceptId?: string): Promise<void> {
    const { signIns, revoke } = this.#options
    const ended = (await signIns.list(userId)).filter(({ id }) => id !== exceptId)
    await signIns.removeOf(userId, exceptId)
    for (const { id } of ended) revoke({ personId: userId, sessionId: id })
  }

  async #check({ email, password, code }: Credentials): Promise<User> {
    const { users, secondFactors } = this.#options
    const user = await users.findByEmail(normalEmail(email))
    if (!(await this.#matches(user, password)) || !user || user.disabledAt !== null) throw wrong()
    if (user.totp !== null) {
      if (code === undefined || code.trim() === '')
        throw new BroadcastError('second-factor-required', 'now the code of your authenticator app')
      await secondFactors.check(user, code)
    }
    return user
  }

  /** Takes the same time whether or not there is such an account. */
  async #matches(user: Pick<User, 'passwordHash'> | undefined, password: string): Promise<boolean> {
    const { passwords } = this.#options
    const right = await passwords.matches(
      normalPassword(password),
      user?.passwordHash ?? (await this.#nobody),
    )
    return right && typeof user?.passwordHash === 'string'
  }

  async #guard<Result>(
    { email }: { email: string },
    { address }: Device,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const { delays } = this.#options
    const [account, place] = [normalEmail(email), addressBlock(address)]
    delays.address.begin(place)
    try {
      delays.account.begin(account)
    } catch (error) {
      delays.address.takeBack(place)
      throw error
    }
    try {
      const result = await attempt()
      delays.account.forgive(account)
      delays.address.takeBack(place)
      return result
    } catch (error) {
      const code = error instanceof BroadcastError ? error.code : undefined
      if (code !== 'wrong-credentials' && code !== 'wrong-code') {
        delays.account.takeBack(account)
        delays.address.takeBack(place)
      }
      throw error
    }
  }
}

function wrong(): BroadcastError {
  return new BroadcastError('wrong-credentials', 'e-mail or password is not right')
}
