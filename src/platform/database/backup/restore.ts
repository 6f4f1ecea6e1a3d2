import type { Kysely } from 'kysely'
import { alone, assertNotNewer, migrate, SchemaError, tablesIn, VERSIONS } from '../migrate.ts'
import type { Schema } from '../schema.ts'
import type { BackupSummary } from './backup-format.ts'
import { BackupError, BackupReader } from './read-backup.ts'
import { tablesOfVersion } from './schema-of-version.ts'

type AnyTable = Kysely<Record<string, Record<string, unknown>>>

/**
 * Puts what `file` holds into the database, as it was, then brings it up to date: all of it, or nothing. Rejects where
 * there is data already, unless `force` says that it may go.
 */
export async function restore(
  database: Kysely<Schema>,
  file: string,
  { force }: { force: boolean },
): Promise<BackupSummary> {
  await using backup = await BackupReader.open(file)
  const { schema } = backup.header
  if (!VERSIONS.includes(schema))
    throw new SchemaError(
      `${file} was written by a newer version of Klieg (${backup.header.version}, at ${schema}): restore it with that`,
    )
  const known = await tablesOfVersion(schema)
  const rows: Record<string, number> = Object.fromEntries([...known.keys()].map((table) => [table, 0]))
  await alone(database, async (all) => {
    await assertNotNewer(all)
    const tables = all as unknown as AnyTable
    await clear(tables, await oursIn(all), force)
    await migrate(all, schema)
    for await (const { table, columns, rows: portion } of backup.portions(known)) {
      const values = portion.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])))
      await tables.insertInto(table).values(values).execute()
      rows[table] = (rows[table] ?? 0) + portion.length
    }
    await migrate(all)
  })
  return { schema, rows }
}

/** Those of any version. */
async function oursIn(database: Kysely<Schema>): Promise<readonly string[]> {
  const there = await tablesIn(database)
  return [...(await tablesOfVersion()).keys()].filter((table) => there.has(table))
}

async function clear(database: AnyTable, tables: readonly string[], force: boolean): Promise<void> {
  if (!force)
    for (const table of tables) {
      const row = await database.selectFrom(table).selectAll().limit(1).executeTakeFirst()
      if (row)
        throw new BackupError(
          `the database is not empty: there are rows in "${table}". Restore into an empty one, or replace it with --force`,
        )
    }
  for (const table of [...tables, 'kysely_migration', 'kysely_migration_lock'])
    await database.schema.dropTable(table).ifExists().execute()
}
