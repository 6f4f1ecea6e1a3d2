import { connect } from '../open-database.ts'
import { alone, migrate } from '../migrate.ts'

/** Names of tables, each with its columns. */
export type Tables = ReadonlyMap<string, readonly string[]>

/** What the migrations up to `version` make, and nothing that others keep in the same database. */
export async function tablesOfVersion(version?: string): Promise<Tables> {
  const empty = connect(':memory:', { create: true })
  try {
    await alone(empty, (all) => migrate(all, version))
    const tables = await empty.introspection.getTables()
    return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]))
  } finally {
    await empty.destroy()
  }
}
