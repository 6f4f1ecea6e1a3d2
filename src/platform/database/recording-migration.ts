import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** One row per recording. */
export const RECORDING_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('recording')
      .addColumn('id', 'varchar(80)', (column) => column.primaryKey())
      .addColumn('broadcast_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('state', 'varchar(16)', (column) => column.notNull())
      .addColumn('duration', 'double precision', (column) => column.notNull())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('truncated', 'integer', (column) => column.notNull())
      .addColumn('codecs', 'text', (column) => column.notNull())
      .execute()
    await database.schema
      .createIndex('recording_started_at')
      .on('recording')
      .columns(['started_at', 'id'])
      .execute()
    await database.schema
      .createIndex('recording_broadcast')
      .on('recording')
      .columns(['broadcast_id'])
      .execute()
  },
}
