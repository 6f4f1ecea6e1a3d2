import type { Kysely } from 'kysely'
import { AuditLog, type AuditLogOptions } from '../core/audit-log.ts'
import type { Schema } from '../platform/database/schema.ts'
import { SqlAuditStore } from '../platform/database/sql-audit-store.ts'
import type { Config } from './config/schema.ts'

export type AuditNeeds = Pick<AuditLogOptions, 'secrets' | 'clock' | 'logger'> & {
  config: Config
  database: Kysely<Schema>
}

/** The audit log in the database; for the server and for what its commands do. */
export function openAuditLog({ config, database, ...parts }: AuditNeeds): AuditLog {
  return new AuditLog({
    ...parts,
    store: new SqlAuditStore(database),
    get days() {
      return config.auditLogDays
    },
  })
}
