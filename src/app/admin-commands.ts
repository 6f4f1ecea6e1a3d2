import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { BroadcastError } from '../core/errors.ts'
import type { People } from '../core/people/people.ts'
import type { User } from '../core/people/user-store.ts'
import { openDatabase } from '../platform/database/open-database.ts'
import { NodeSecrets } from '../platform/node-secrets.ts'
import { secretIn } from '../platform/secret-file.ts'
import { systemClock } from '../platform/system-clock.ts'
import { linkTo } from '../protocols/accounts/link-to.ts'
import { openAccounts } from './accounts.ts'
import { openAuditLog } from './audit-log.ts'
import type { Config } from './config/schema.ts'
import { databasePlace } from './database-place.ts'
import { openLogger } from './logger.ts'
import { placeOf } from './place-of.ts'

const OWNER_ONLY = 0o700
/** Whoever may read the data folder. */
const COMMAND_LINE = { id: null, name: 'command line' } as const

/** `klieg admin …`: for whoever may read the data folder, while the server runs or not. */
export function addAdminCommands(program: Command, configured: () => Config): void {
  const admin = program.command('admin').description('make an administrator, or let one in again')

  admin
    .command('create')
    .description('make an administrator, and print a link to choose the password by')
    .requiredOption('--email <address>', 'to sign in with')
    .requiredOption('--name <name>', 'as others see it')
    .action(({ email, name }: { email: string; name: string }) =>
      withPeople(configured(), async ({ people, link, tell }) => {
        const user = await people.users.create({ email, name, role: 'admin' })
        tell('account.create', user, 'role: admin')
        return `${user.email} is an administrator. The password is chosen here, once, within an hour:\n${await link(user)}`
      }),
    )

  admin
    .command('reset')
    .description('print a link for a new password')
    .requiredOption('--email <address>', 'of the account')
    .option('--second-factor', 'turn the second factor off as well, where it was lost')
    .option('--make-admin', 'make the account an administrator, and enable it')
    .action((flags: { email: string; secondFactor?: boolean; makeAdmin?: boolean }) =>
      withPeople(configured(), async ({ people, link, tell }) => {
        const user = await people.users.findByEmail(flags.email)
        if (!user)
          throw new BroadcastError('user-not-found', `there is no account with the e-mail ${flags.email}`)
        if (flags.secondFactor) await people.secondFactors.turnOff(user)
        if (flags.makeAdmin) {
          await people.users.enable(user.id)
          await people.users.changeRole(user.id, 'admin')
        }
        const { disabledAt } = await people.users.get(user.id)
        if (disabledAt !== null)
          throw new BroadcastError('not-allowed', `${user.email} is disabled; --make-admin enables it`)
        tell(
          'account.make-reset-link',
          user,
          Object.keys(flags)
            .filter((flag) => flag !== 'email')
            .join(', '),
        )
        return `The new password of ${user.email} is chosen here, once, within an hour:\n${await link(user)}`
      }),
    )
}

type Tools = {
  people: People
  link: (user: User) => Promise<string>
  /** For the audit log. */
  tell: (action: string, user: User, detail: string) => void
}

/** Prints what `work` says, or why it could not be done. */
async function withPeople(config: Config, work: (tools: Tools) => Promise<string>): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true, mode: OWNER_ONLY })
  const logger = openLogger({ ...config, logLevel: 'silent' })
  const database = await openDatabase(databasePlace(config), { logger })
  try {
    using accounts = openAccounts({
      ...{ config, database, logger, secrets: new NodeSecrets(), clock: systemClock },
      secret: config.secret || secretIn(path.join(config.dataDir, 'secret')),
    })
    const { people } = accounts
    const base = config.publicUrl || `http://${placeOf(config.host)}:${config.port}`
    const link = async (user: User) => linkTo(base, 'reset', (await people.passwordResets.make(user)).token)
    await using audit = openAuditLog({
      config,
      database,
      logger,
      secrets: new NodeSecrets(),
      clock: systemClock,
    })
    const tell: Tools['tell'] = (action, { id }, detail) =>
      audit.record({ actor: COMMAND_LINE, action, subject: { kind: 'account', id }, detail })
    console.log(await work({ people, link, tell }))
  } catch (error) {
    if (!(error instanceof BroadcastError)) throw error
    console.error(`It was not done: ${error.message}.`)
    process.exitCode = 1
  } finally {
    await database.destroy()
  }
}
