import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Settings that were changed while the server ran. */
export const SETTING_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('setting')
      .addColumn('key', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
  },
}
