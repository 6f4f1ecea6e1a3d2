import {
  ColumnDefinitionNode,
  type DataTypeNode,
  type DialectAdapter,
  type MigrationLockOptions,
  PostgresAdapter,
  PostgresDialect,
  PostgresQueryCompiler,
  type Kysely,
  type QueryCompiler,
} from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import type { DatabaseHealth } from './database-health.ts'
import { GuardedPool } from './guarded-pool.ts'

export type PostgresOptions = {
  health: DatabaseHealth
  /** How many connections at most. */
  connections: number
  /** For migrations, backup and restore: a statement may take as long as it takes. */
  unlimited?: boolean
}

/** Milliseconds. The server gives up before this side does, which is for servers that are silent. */
const CONNECT_WITHIN = 5_000
const STATEMENT_WITHIN = 10_000
const ANSWER_WITHIN = 12_000
const IDLE_IN_TRANSACTION = 60_000
const KEEP_ALIVE_AFTER = 10_000
const CLOSE_IDLE_AFTER = 30_000

/** PostgreSQL as its URL says; what its parameters set comes before what is set here. */
export function openPostgres(
  url: string,
  { health, connections, unlimited = false }: PostgresOptions,
): { dialect: PostgresDialect; pool: GuardedPool } {
  const limits = { statement_timeout: STATEMENT_WITHIN, query_timeout: ANSWER_WITHIN }
  const pool = new GuardedPool(
    new pg.Pool({
      connectionString: url,
      application_name: 'klieg',
      max: connections,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
      connectionTimeoutMillis: CONNECT_WITHIN,
      idleTimeoutMillis: CLOSE_IDLE_AFTER,
      ...(!unlimited && { ...limits, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION }),
      types: { getTypeParser },
    }),
    health,
  )
  return { dialect: new PortablePostgresDialect({ pool, cursor: Cursor }), pool }
}

const INT8 = 20
const NUMERIC = 1700
type Parser = (value: never) => unknown
const usualParser = pg.types.getTypeParser as (oid: number, format?: 'text' | 'binary') => Parser

/** Numbers are numbers, as SQLite gives them: none of ours, counts and sums included, needs more than 53 bits. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
  if (oid === INT8 || oid === NUMERIC) return Number
  return usualParser(oid, format)
}

/** One set of migrations for SQLite and PostgreSQL: what differs is made equal here. */
class PortablePostgresDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new PortableCompiler()
  }

  override createAdapter(): DialectAdapter {
    return new UnlockedAdapter()
  }
}

/** Columns of PostgreSQL as SQLite has them: integers of 64 bits, texts of any length in the order of their bytes. */
class PortableCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    const isColumn = this.parentNode !== undefined && ColumnDefinitionNode.is(this.parentNode)
    const type = isColumn ? node.dataType : ''
    if (type === 'integer') this.append('bigint')
    else if (type === 'text' || type.startsWith('varchar')) this.append('text collate "C"')
    else super.visitDataType(node)
  }
}

/** `alone` in migrate.ts has locked all of it already, for longer than the migrator would. */
class UnlockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(
    _database: Kysely<unknown>,
    _options: MigrationLockOptions,
  ): Promise<void> {}
  override async releaseMigrationLock(
    _database: Kysely<unknown>,
    _options: MigrationLockOptions,
  ): Promise<void> {}
}
