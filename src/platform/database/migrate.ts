import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, PostgresAdapter, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { reasonOf } from '../../core/reason-of.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Schema } from './schema.ts'

/** Any number that no other program takes in the same database. */
const LOCK = 0x6b6c_6965
/** Milliseconds for another process to finish what it does to the same SQLite file. */
const WAIT_FOR_FILE = 60_000
const ASK_FILE_AGAIN_AFTER = 50

/** Names of all migrations, oldest first. */
export const VERSIONS: readonly string[] = Object.keys(MIGRATIONS).toSorted()
const LATEST = VERSIONS.at(-1) ?? ''

/** A database that cannot be used with this version of the program; the message says why. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

/** Runs `work` in one transaction while no other process changes the tables. */
export async function alone<Result>(
  database: Kysely<Schema>,
  work: (database: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  if (isPostgres(database))
    return database.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(transaction)
      return work(transaction)
    })
  return database.connection().execute(async (connection) => {
    await unlocked(() => sql`begin exclusive`.execute(connection))
    try {
      const result = await work(connection)
      await sql`commit`.execute(connection)
      return result
    } catch (error) {
      await sql`rollback`.execute(connection)
      throw error
    }
  })
}

/** Names of the tables where ours are or would be: in PostgreSQL others may have theirs beside them. */
export async function tablesIn(database: Kysely<Schema>): Promise<ReadonlySet<string>> {
  const schema = await schemaOf(database)
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true })
  return new Set(tables.filter((table) => table.schema === schema).map(({ name }) => name))
}

/** Undefined in SQLite, which has none. */
async function schemaOf(database: Kysely<Schema>): Promise<string | undefined> {
  if (!isPostgres(database)) return undefined
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(database)
  const name = rows[0]?.name
  if (typeof name !== 'string')
    throw new SchemaError('the search_path of this database names no schema that exists')
  return name
}

function isPostgres(database: Kysely<Schema>): boolean {
  return database.getExecutor().adapter instanceof PostgresAdapter
}

/** The newest migration that was made, and those that this program does not know. */
export async function versionOf(
  database: Kysely<Schema>,
): Promise<{ version: string | undefined; unknown: readonly string[] }> {
  if (!(await tablesIn(database)).has('kysely_migration')) return { version: undefined, unknown: [] }
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    database,
  )
  const names = rows.map(({ name }) => name)
  return { version: names.at(-1), unknown: names.filter((name) => !VERSIONS.includes(name)) }
}

/** Throws `SchemaError` where a newer program has made the tables. */
export async function assertNotNewer(database: Kysely<Schema>): Promise<void> {
  const { unknown } = await versionOf(database)
  if (unknown.length === 0) return
  throw new SchemaError(
    `this database is of a newer version of Klieg: it has ${unknown.join(', ')}, this one knows up to ${LATEST}. ` +
      'Start that version, or restore a backup into an empty database',
  )
}

/** Makes the migrations up to `target` that are missing; returns their names. The caller is `alone`. */
export async function migrate(database: Kysely<Schema>, target = LATEST): Promise<readonly string[]> {
  await assertNotNewer(database)
  if (!VERSIONS.includes(target))
    throw new SchemaError(`there is no migration "${target}"; there are ${VERSIONS.join(', ')}`)
  const { version } = await versionOf(database)
  if (version !== undefined && version > target)
    throw new SchemaError(
      `the database is at ${version} already. Migrations only go forward: restore a backup to go back`,
    )
  const schema = await schemaOf(database)
  const migrator = new Migrator({
    db: database,
    ...(schema !== undefined && { migrationTableSchema: schema }),
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  })
  const { error, results = [] } = await migrator.migrateTo(target)
  if (error !== undefined)
    throw new Error(`the database cannot be brought up to date: ${reasonOf(error)}`, { cause: error })
  return results.map(({ migrationName }) => migrationName)
}

/** Waits for another process to let go of a SQLite file; SQLite itself would block this one. */
export async function unlocked<Result>(attempt: () => Result | Promise<Result>): Promise<Result> {
  const deadline = performance.now() + WAIT_FOR_FILE
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isLocked(error) || performance.now() > deadline) throw error
    }
    await sleep(ASK_FILE_AGAIN_AFTER)
  }
}

function isLocked(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  return String(code).startsWith('SQLITE_BUSY') || (cause !== undefined && isLocked(cause))
}
