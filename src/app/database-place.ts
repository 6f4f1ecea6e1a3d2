import path from 'node:path'
import type { Config } from './config/schema.ts'

/** Where the database of these settings is: a URL of PostgreSQL, or a file of SQLite. */
export function databasePlace({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>): string {
  return databaseUrl || path.join(dataDir, 'klieg.sqlite')
}
