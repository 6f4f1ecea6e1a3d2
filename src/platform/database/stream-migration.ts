import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** One row per stream that a client uploads to storage; its credentials are kept nowhere. */
export const STREAM_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('stored_stream')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('owner_id', 'varchar(128)')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('start_date', 'bigint', (column) => column.notNull())
      .addColumn('stop_date', 'bigint')
      .addColumn('end_date', 'bigint')
      .addColumn('provisioned_until', 'bigint', (column) => column.notNull())
      .execute()
    await database.schema
      .createIndex('stored_stream_running')
      .on('stored_stream')
      .columns(['stop_date', 'end_date', 'start_date'])
      .execute()
  },
}
