import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Accounts, and everything by which somebody gets in. */
export const PEOPLE_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('user_account')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('email', 'varchar(254)', (column) => column.notNull().unique())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('folded_name', 'text', (column) => column.notNull())
      .addColumn('role', 'varchar(16)', (column) => column.notNull())
      .addColumn('password_hash', 'varchar(255)')
      .addColumn('totp', 'text')
      .addColumn('totp_pending', 'text')
      .addColumn('totp_step', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint')
      .addColumn('disabled_at', 'bigint')
      .execute()
    await database.schema
      .createTable('recovery_code')
      .addColumn('user_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('hash', 'varchar(64)', (column) => column.notNull())
      .addPrimaryKeyConstraint('recovery_code_key', ['user_id', 'hash'])
      .execute()
    await database.schema
      .createTable('sign_in')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('user_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('token_hash', 'varchar(64)', (column) => column.notNull().unique())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addColumn('address', 'varchar(64)', (column) => column.notNull())
      .addColumn('agent', 'text', (column) => column.notNull())
      .execute()
    await database.schema.createIndex('sign_in_user').on('sign_in').columns(['user_id', 'seen_at']).execute()
    await database.schema
      .createTable('api_key')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('user_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('hash', 'varchar(64)', (column) => column.notNull().unique())
      .addColumn('prefix', 'varchar(16)', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('used_at', 'bigint')
      .addColumn('expires_at', 'bigint')
      .execute()
    await database.schema
      .createIndex('api_key_user')
      .on('api_key')
      .columns(['user_id', 'created_at'])
      .execute()
    await database.schema
      .createTable('invitation')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('token_hash', 'varchar(64)', (column) => column.notNull().unique())
      .addColumn('role', 'varchar(16)', (column) => column.notNull())
      .addColumn('email', 'varchar(254)')
      .addColumn('created_by', 'varchar(64)', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await database.schema
      .createTable('reset_link')
      .addColumn('token_hash', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('user_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await database.schema.createIndex('reset_link_user').on('reset_link').columns(['user_id']).execute()
  },
}
