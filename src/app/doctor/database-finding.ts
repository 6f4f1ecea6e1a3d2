import { existsSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'
import { reasonOf } from '../../core/reason-of.ts'
import { assertNotNewer, VERSIONS, versionOf } from '../../platform/database/migrate.ts'
import { connect, isPostgresUrl } from '../../platform/database/open-database.ts'
import type { Schema } from '../../platform/database/schema.ts'
import type { Config } from '../config/schema.ts'
import { databasePlace } from '../database-place.ts'
import type { Finding } from './doctor.ts'

/** For the connections of administrators and backups. */
const SPARE_CONNECTIONS = 5

/** Whether the database that the settings name can be used. */
export async function databaseFinding(config: Config): Promise<Finding> {
  const place = databasePlace(config)
  const isPostgres = isPostgresUrl(place)
  if (!isPostgres && !existsSync(place))
    return { ok: true, what: `SQLite in ${place}: made at the first start` }
  const name = isPostgres ? `PostgreSQL at ${new URL(place).host || 'this machine'}` : `SQLite in ${place}`
  let database: Kysely<Schema> | undefined
  try {
    database = connect(place)
    await assertNotNewer(database)
    const { version = 'nothing yet' } = await versionOf(database)
    const tables =
      version === VERSIONS.at(-1) ? 'up to date' : `at ${version}: brought up to date at the next start`
    return isPostgres
      ? await postgresFinding(database, { name, tables, connections: config.databaseConnections })
      : await fileFinding(database, `${name} is ${tables}`)
  } catch (error) {
    return {
      ok: false,
      what: `${name}: ${reasonOf(error)}`,
      cure: isPostgres
        ? 'Check KLIEG_DATABASE_URL, and that PostgreSQL runs and lets this machine in (pg_hba.conf).'
        : 'Restore a backup by "klieg db restore", or set KLIEG_DATA_DIR to another folder.',
    }
  } finally {
    await database?.destroy()
  }
}

async function fileFinding(database: Kysely<Schema>, what: string): Promise<Finding> {
  await database.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection)
    await sql`rollback`.execute(connection)
  })
  return { ok: true, what }
}

async function postgresFinding(
  database: Kysely<Schema>,
  { name, tables, connections }: { name: string; tables: string; connections: number },
): Promise<Finding> {
  const { rows } = await sql<{ version: string; most: number; mayCreate: boolean; encrypted: boolean }>`
    select current_setting('server_version') as version,
      current_setting('max_connections')::int as most,
      has_schema_privilege(current_schema(), 'create') as "mayCreate",
      coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted`.execute(
    database,
  )
  const { version = '', most = 0, mayCreate = false, encrypted = false } = rows[0] ?? {}
  const what = `${name} (${version}, ${encrypted ? 'encrypted' : 'not encrypted'}) is ${tables}`
  if (!mayCreate)
    return {
      ok: false,
      what: `${what}, and its user may not make tables`,
      cure: 'Let it: grant create on schema public to that user, or make it the owner of the database.',
    }
  if (connections > most - SPARE_CONNECTIONS)
    return {
      ok: false,
      what: `${what}, and allows ${most} connections`,
      cure: `Set KLIEG_DATABASE_CONNECTIONS to ${Math.max(2, most - SPARE_CONNECTIONS)} or less, or raise max_connections.`,
    }
  return { ok: true, what }
}
