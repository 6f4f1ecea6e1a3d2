import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Webhooks, and their deliveries: those on their way and those of the log. */
export const WEBHOOK_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('webhook')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('events', 'text', (column) => column.notNull())
      .addColumn('active', 'integer', (column) => column.notNull())
      .addColumn('secret_version', 'integer', (column) => column.notNull())
      .addColumn('secret_changed_at', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('failing_since', 'bigint')
      .addColumn('notice', 'text')
      .execute()
    await database.schema
      .createTable('webhook_delivery')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('webhook_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('lane', 'varchar(96)', (column) => column.notNull())
      .addColumn('event', 'varchar(40)', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('state', 'varchar(16)', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('next_at', 'bigint')
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addColumn('attempts', 'text', (column) => column.notNull())
      .execute()
    await database.schema
      .createIndex('webhook_delivery_log')
      .on('webhook_delivery')
      .columns(['webhook_id', 'position'])
      .execute()
    await database.schema
      .createIndex('webhook_delivery_lane')
      .on('webhook_delivery')
      .columns(['state', 'webhook_id', 'lane', 'position'])
      .execute()
    await database.schema
      .createIndex('webhook_delivery_due')
      .on('webhook_delivery')
      .columns(['state', 'next_at', 'position'])
      .execute()
    await database.schema
      .createIndex('webhook_delivery_created_at')
      .on('webhook_delivery')
      .columns(['created_at'])
      .execute()
  },
}
