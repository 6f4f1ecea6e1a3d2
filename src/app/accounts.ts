import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import type { Mailer } from '../core/people/mailer.ts'
import { People } from '../core/people/people.ts'
import type { Clock, Logger } from '../core/ports.ts'
import type { Secrets } from '../core/secrets.ts'
import { Argon2Passwords } from '../platform/argon2-passwords.ts'
import type { Schema } from '../platform/database/schema.ts'
import { sqlPeopleStores } from '../platform/database/sql-people-stores.ts'
import { SealedText } from '../platform/sealed-text.ts'
import { SmtpMailer } from '../platform/smtp-mailer.ts'
import { Totp } from '../platform/totp.ts'
import type { AccountsOptions } from '../protocols/accounts/accounts-options.ts'
import { accountsPlugin } from '../protocols/accounts/accounts-plugin.ts'
import { SessionCookie } from '../protocols/accounts/session-cookie.ts'
import type { Config } from './config/schema.ts'

/** Our own accounts, as the routes need them. */
export type Accounts = {
  readonly people: People
  readonly cookie: SessionCookie
  /** Absent where no mail server is configured. */
  readonly mailer?: Mailer | undefined
}

export type AccountsNeeds = {
  config: Config
  database: Kysely<Schema>
  /** Of the server; what must be read again is sealed by it. */
  secret: string
  secrets: Secrets
  clock: Clock
  logger: Logger
}

/** The people in the database, as the configuration has them. */
export function openAccounts(needs: AccountsNeeds): Accounts & Disposable {
  const { config, database, secret, secrets, clock, logger } = needs
  using opening = new DisposableStack()
  const cookie = new SessionCookie(config.publicUrl)
  const people = opening.use(
    new People({
      stores: sqlPeopleStores(database),
      passwords: new Argon2Passwords(),
      codes: new Totp(),
      seal: new SealedText(secret),
      cookies: cookie.names,
      ...{ secrets, clock, logger },
    }),
  )
  const { smtpUrl, mailFrom } = config
  const mailer = smtpUrl === '' ? undefined : opening.use(new SmtpMailer({ url: smtpUrl, from: mailFrom }))
  const open = opening.move()
  return { people, cookie, mailer, [Symbol.dispose]: () => open.dispose() }
}

/** Their routes. */
export async function installAccounts(
  fastify: FastifyInstance,
  accounts: Accounts,
  {
    config,
    ...rest
  }: { config: Config } & Pick<AccountsOptions, 'doorkeeper' | 'clock' | 'logger' | 'forget'>,
): Promise<void> {
  await fastify.register(accountsPlugin, {
    ...{ ...accounts, ...rest },
    publicUrl: config.publicUrl,
    registration: () => config.registration,
  })
}
