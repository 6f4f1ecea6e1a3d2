import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import BetterSqlite3 from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { BroadcastError } from '../../core/errors.ts'
import type { Logger } from '../../core/ports.ts'
import { reasonOf } from '../../core/reason-of.ts'
import { systemClock } from '../system-clock.ts'
import { DatabaseHealth } from './database-health.ts'
import { GuardedSqlite } from './guarded-sqlite.ts'
import { isLost } from './database-failure.ts'
import { alone, migrate, unlocked } from './migrate.ts'
import { openPostgres } from './postgres-dialect.ts'
import type { Schema } from './schema.ts'

export type DatabaseOptions = {
  logger?: Logger
  health?: DatabaseHealth
  /** To PostgreSQL. */
  connections?: number
  /** Milliseconds to wait for a PostgreSQL that is not there yet. */
  patience?: number
}

const CONNECTIONS = 10
const ASK_AGAIN_AFTER = 500
/** Milliseconds for which a locked SQLite file stops everything else in this process. */
const WAIT_FOR_LOCK = 200

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** Whether `place` is the URL of a PostgreSQL database, not a file. */
export function isPostgresUrl(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place)
}

/**
 * Opens the database at a `postgres://` URL or in a SQLite file, `:memory:` for none, and brings its tables up to
 * date. Rejects when that fails. Later failures of the database are `overloaded`, and it comes back by itself.
 */
export async function openDatabase(place: string, options: DatabaseOptions = {}): Promise<Kysely<Schema>> {
  const { logger = SILENT, patience = 0, connections = CONNECTIONS } = options
  const health = options.health ?? new DatabaseHealth({ clock: systemClock, logger })
  if (!isPostgresUrl(place)) return openFile(place, health, logger)
  const preparing = connect(place)
  try {
    await persistently(() => bringUpToDate(preparing, logger), { patience, logger })
  } finally {
    await preparing.destroy()
  }
  const { dialect, pool } = openPostgres(place, { health, connections })
  health.watch(
    () => pool.look(),
    () => pool.hangUp(),
  )
  return new Kysely<Schema>({ dialect })
}

/** Opens a database as it is, for as long as its statements may take. A file must be there unless `create` is true. */
export function connect(place: string, { create = false } = {}): Kysely<Schema> {
  const health = new DatabaseHealth({ clock: systemClock, logger: SILENT })
  if (isPostgresUrl(place))
    return new Kysely<Schema>({
      dialect: openPostgres(place, { health, connections: 1, unlimited: true }).dialect,
    })
  if (!create && !existsSync(place)) throw new Error(`there is no database at ${place}`)
  return new Kysely<Schema>({ dialect: sqliteDialect(openSqlite(place), health) })
}

async function openFile(file: string, health: DatabaseHealth, logger: Logger): Promise<Kysely<Schema>> {
  const sqlite = await unlocked(() => openSqlite(file))
  const database = new Kysely<Schema>({ dialect: sqliteDialect(sqlite, health) })
  try {
    await bringUpToDate(database, logger)
  } catch (error) {
    await database.destroy()
    throw error
  }
  health.watch(() =>
    database.connection().execute(async () => {
      sqlite.exec('begin immediate; rollback') // by the guard it would be refused
    }),
  )
  return database
}

function openSqlite(file: string): BetterSqlite3.Database {
  let sqlite: BetterSqlite3.Database | undefined
  try {
    sqlite = new BetterSqlite3(file, { timeout: WAIT_FOR_LOCK })
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma('synchronous = NORMAL')
    return sqlite
  } catch (error) {
    sqlite?.close()
    throw Object.assign(new Error(`${file}: ${reasonOf(error)}`, { cause: error }), codeOf(error))
  }
}

function sqliteDialect(sqlite: BetterSqlite3.Database, health: DatabaseHealth): SqliteDialect {
  return new SqliteDialect({ database: new GuardedSqlite(sqlite, health) })
}

async function bringUpToDate(database: Kysely<Schema>, logger: Logger): Promise<void> {
  const made = await alone(database, (all) => migrate(all))
  if (made.length > 0) logger.info({ migrations: made }, 'database brought up to date')
}

/** A database that starts beside the server, as with containers, may take a while. */
async function persistently(
  attempt: () => Promise<void>,
  { patience, logger }: { patience: number; logger: Logger },
): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      if (!(error instanceof BroadcastError)) throw error
      const { cause } = error
      if (!isLost(cause) || performance.now() >= deadline)
        throw new Error(`the database cannot be used: ${reasonOf(cause)}`, { cause })
      logger.warn({ error: cause }, 'the database is not there yet: waiting for it')
    }
    await sleep(ASK_AGAIN_AFTER)
  }
}

function codeOf(error: unknown): { code?: unknown } {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === undefined ? {} : { code }
}
