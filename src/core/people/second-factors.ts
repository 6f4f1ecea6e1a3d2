import { BroadcastError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import type { Seal } from '../seal.ts'
import type { Secrets } from '../secrets.ts'
import { type OneTimeCodes, stepAt } from './one-time-codes.ts'
import type { User, UserStore } from './user-store.ts'

export type SecondFactorsOptions = {
  users: UserStore
  codes: OneTimeCodes
  seal: Seal
  secrets: Secrets
  clock: Clock
}

const RECOVERY_CODES = 10
/** How far the clock of a phone may be off, in steps. */
const TOLERANCE = 1

/** The second factor of sign-in: an authenticator app, and codes on paper for when it is lost. */
export class SecondFactors {
  readonly #options: SecondFactorsOptions

  constructor(options: SecondFactorsOptions) {
    this.#options = options
  }

  /** The secret for the app. Nothing is on before `confirm`. Rejects with `second-factor-on`. */
  async begin(user: User): Promise<{ secret: string }> {
    if (user.totp !== null) throw new BroadcastError('second-factor-on', 'the second factor is on already')
    const { users, codes, seal } = this.#options
    const secret = codes.newSecret()
    await users.update(user.id, { totpPending: seal.close(secret) })
    return { secret }
  }

  /** Turns it on once the app shows the right code; returns recovery codes, which are told this once. */
  async confirm(user: User, code: string): Promise<readonly string[]> {
    if (user.totp !== null) throw new BroadcastError('second-factor-on', 'the second factor is on already')
    if (user.totpPending === null)
      throw new BroadcastError('second-factor-off', 'there is no second factor to confirm: begin first')
    if (!(await this.#isCurrent(user.id, user.totpPending, code))) throw wrongCode()
    await this.#options.users.update(user.id, { totp: user.totpPending, totpPending: null })
    return this.renewRecoveryCodes(user)
  }

  /** Old ones open nothing any more. */
  async renewRecoveryCodes({ id }: Pick<User, 'id'>): Promise<readonly string[]> {
    const { users, secrets } = this.#options
    const codes = Array.from({ length: RECOVERY_CODES }, () => secrets.newRecoveryCode())
    await users.setRecoveryCodes(
      id,
      codes.map((code) => secrets.hash(plain(code))),
    )
    return codes
  }

  async turnOff({ id }: Pick<User, 'id'>): Promise<void> {
    const { users } = this.#options
    await users.update(id, { totp: null, totpPending: null })
    await users.setRecoveryCodes(id, [])
  }

  /** A code of the app or a recovery code, each once. Rejects with `wrong-code`. */
  async check({ id, totp }: User, code: string): Promise<void> {
    const { users, secrets } = this.#options
    if (totp === null) return
    const right = /^\d{6}$/.test(plain(code))
      ? await this.#isCurrent(id, totp, code)
      : await users.takeRecoveryCode(id, secrets.hash(plain(code)))
    if (!right) throw wrongCode()
  }

  /** A code seen over a shoulder is worth nothing once it was used (RFC 6238 §5.2). */
  async #isCurrent(userId: string, sealed: string, code: string): Promise<boolean> {
    const { users, codes, seal, secrets, clock } = this.#options
    const secret = seal.open(sealed)
    if (secret === undefined)
      throw new BroadcastError(
        'wrong-code',
        'the second factor cannot be read: an administrator can turn it off',
      )
    const now = stepAt(clock.now())
    for (let step = now - TOLERANCE; step <= now + TOLERANCE; step++)
      if (secrets.matches(plain(code), secrets.hash(codes.codeAt(secret, step))))
        return users.takeTotpStep(userId, step)
    return false
  }
}

/** As people type it. */
function plain(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toLowerCase()
}

function wrongCode(): BroadcastError {
  return new BroadcastError('wrong-code', 'this code is not right, or was used already')
}
