import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Whose a broadcast is, and who may watch it when it is private. */
export const SHARING_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('broadcast').addColumn('owner_id', 'varchar(64)').execute()
    await database.schema
      .createIndex('broadcast_owner')
      .on('broadcast')
      .columns(['owner_id', 'created_at'])
      .execute()
    await database.schema
      .createTable('viewer_token')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('broadcast_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('created_by', 'varchar(64)')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await database.schema
      .createIndex('viewer_token_broadcast')
      .on('viewer_token')
      .columns(['broadcast_id', 'created_at'])
      .execute()
    await database.schema
      .createTable('named_viewer')
      .addColumn('broadcast_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('user_id', 'varchar(64)', (column) => column.notNull())
      .addPrimaryKeyConstraint('named_viewer_key', ['broadcast_id', 'user_id'])
      .execute()
  },
}
