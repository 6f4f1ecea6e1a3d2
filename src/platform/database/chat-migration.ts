import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Whether a broadcast has a chat, what was said in it, and who may not speak there. */
export const CHAT_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .alterTable('broadcast')
      .addColumn('chat', 'integer', (column) => column.notNull().defaultTo(1))
      .execute()
    await database.schema
      .createTable('chat_message')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('broadcast_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('role', 'varchar(16)', (column) => column.notNull())
      .addColumn('author', 'varchar(64)', (column) => column.notNull())
      .addColumn('address', 'varchar(64)')
      .addColumn('person_id', 'varchar(64)')
      .execute()
    await database.schema
      .createIndex('chat_message_time')
      .on('chat_message')
      .columns(['broadcast_id', 'at'])
      .execute()
    await database.schema
      .createTable('reaction_burst')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('broadcast_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('counts', 'text', (column) => column.notNull())
      .execute()
    await database.schema
      .createIndex('reaction_burst_time')
      .on('reaction_burst')
      .columns(['broadcast_id', 'at'])
      .execute()
    await database.schema
      .createTable('chat_sanction')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('broadcast_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('kind', 'varchar(8)', (column) => column.notNull())
      .addColumn('author', 'varchar(64)', (column) => column.notNull())
      .addColumn('address', 'varchar(64)')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('until', 'bigint')
      .addColumn('created_by', 'varchar(64)')
      .execute()
    await database.schema
      .createIndex('chat_sanction_broadcast')
      .on('chat_sanction')
      .columns(['broadcast_id', 'created_at'])
      .execute()
    await database.schema
      .createTable('chat_room')
      .addColumn('broadcast_id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('slow_mode', 'integer', (column) => column.notNull())
      .execute()
  },
}
