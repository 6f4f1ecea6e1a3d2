import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The audit log. */
export const AUDIT_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('audit_entry')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('actor_id', 'varchar(64)')
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('action', 'varchar(64)', (column) => column.notNull())
      .addColumn('subject_kind', 'varchar(32)', (column) => column.notNull())
      .addColumn('subject_id', 'text', (column) => column.notNull())
      .addColumn('address', 'varchar(64)', (column) => column.notNull())
      .addColumn('result', 'varchar(16)', (column) => column.notNull())
      .addColumn('detail', 'text', (column) => column.notNull())
      .execute()
    await database.schema.createIndex('audit_entry_at').on('audit_entry').columns(['at', 'id']).execute()
  },
}
