import { mkdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import type { Command } from 'commander'
import type { Kysely } from 'kysely'
import { reasonOf } from '../core/reason-of.ts'
import { backUp } from '../platform/database/backup/back-up.ts'
import type { BackupSummary } from '../platform/database/backup/backup-format.ts'
import { restore } from '../platform/database/backup/restore.ts'
import { alone, migrate, versionOf } from '../platform/database/migrate.ts'
import { connect, isPostgresUrl } from '../platform/database/open-database.ts'
import type { Schema } from '../platform/database/schema.ts'
import type { Config } from './config/schema.ts'
import { databasePlace } from './database-place.ts'

type Settings = { configured: () => Config; version: string }

const OWNER_ONLY = 0o700

/** `klieg db …`: on the database that the settings name. */
export function addDatabaseCommands(program: Command, { configured, version }: Settings): void {
  const database = program.command('db').description('back up, restore and bring up to date the database')

  database
    .command('backup <file>')
    .description('write all of it to one file, while the server runs; for SQLite and PostgreSQL alike')
    .action((file: string) =>
      withDatabase(configured(), async (source) => {
        const summary = await backUp(source, file, { version, now: Date.now() })
        return `${file} holds ${inWords(summary)}.`
      }),
    )

  database
    .command('restore <file>')
    .description('read a backup into an empty database; stop the server before')
    .option('--force', 'replace what is there')
    .action((file: string, { force = false }: { force?: boolean }) =>
      withDatabase(
        configured(),
        async (target) => `Restored ${inWords(await restore(target, file, { force }))}.`,
        { create: true },
      ),
    )

  database
    .command('migrate')
    .description('bring its tables up to date, as the server does when it starts')
    .option('--to <migration>', 'up to this one, not further')
    .action(({ to }: { to?: string }) =>
      withDatabase(
        configured(),
        async (target) => {
          const made = await alone(target, (all) => migrate(all, to))
          const { version: at } = await versionOf(target)
          return made.length > 0 ? `Made ${made.join(', ')}.` : `Nothing to do: it is at ${at}.`
        },
        { create: true },
      ),
    )
}

/** Prints what `work` says, or why it failed, in one line. */
async function withDatabase(
  config: Config,
  work: (database: Kysely<Schema>) => Promise<string>,
  { create = false } = {},
): Promise<void> {
  let database: Kysely<Schema> | undefined
  try {
    const place = databasePlace(config)
    if (create && !isPostgresUrl(place)) mkdirSync(path.dirname(place), { recursive: true, mode: OWNER_ONLY })
    database = connect(place, { create })
    process.stdout.write(`${await work(database)}\n`)
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`)
    process.exitCode = 1
  } finally {
    await database?.destroy()
  }
}

function inWords({ schema, rows }: BackupSummary): string {
  const counts = Object.values(rows)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return `${total} rows of ${counts.length} tables, at ${schema}`
}
