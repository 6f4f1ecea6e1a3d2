import type { PasswordHash } from '../../src/core/people/passwords.ts'
import { People } from '../../src/core/people/people.ts'
import type { Letter, Mailer } from '../../src/core/people/mailer.ts'
import type { User } from '../../src/core/people/user-store.ts'
import type { NewUser } from '../../src/core/people/users.ts'
import type { Clock, Logger } from '../../src/core/ports.ts'
import type { Secrets } from '../../src/core/secrets.ts'
import { NodeSecrets } from '../../src/platform/node-secrets.ts'
import { SealedText } from '../../src/platform/sealed-text.ts'
import { Totp } from '../../src/platform/totp.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakePeopleStores } from './fake-people-stores.ts'

/** Hashes at once, and remembers what it compared. */
export class FakePasswords implements PasswordHash {
  readonly compared: string[] = []

  async hash(password: string): Promise<string> {
    return `hash of ${password}`
  }

  async matches(password: string, hash: string): Promise<boolean> {
    this.compared.push(password)
    return hash === `hash of ${password}`
  }
}

/** Keeps letters instead of sending them. */
export class FakeMailer implements Mailer {
  readonly letters: Letter[] = []
  failure: Error | undefined

  async send(letter: Letter): Promise<void> {
    if (this.failure) throw this.failure
    this.letters.push(letter)
  }
}

export const PASSWORD = 'a calm sentence'

/** Everything about people, over fakes. */
export function peopleRig(
  parts: { clock?: FakeClock & Clock; secrets?: Secrets; logger?: Logger; cookies?: readonly string[] } = {},
) {
  const clock = parts.clock ?? new FakeClock()
  const secrets = parts.secrets ?? new NodeSecrets()
  const logger = new FakeLogger()
  const stores = new FakePeopleStores()
  const passwords = new FakePasswords()
  const codes = new Totp()
  const people = new People({
    ...{ stores, passwords, codes, secrets, clock },
    seal: new SealedText('the secret of the server of this test'),
    cookies: parts.cookies ?? ['klieg'],
    logger: parts.logger ?? logger,
  })

  /** Somebody with an account. */
  function add(name: string, wanted: Partial<NewUser> = {}): Promise<User> {
    return people.users.create({
      ...{ email: `${name}@example.org`, name, role: 'viewer', password: PASSWORD },
      ...wanted,
    })
  }

  return { clock, secrets, logger, stores, passwords, codes, people, add }
}
