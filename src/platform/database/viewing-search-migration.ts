import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What a viewing is found by, in one column: five are slow to search, and SQL knows capitals of ASCII only. */
export const VIEWING_SEARCH_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .alterTable('viewing')
      .addColumn('searched', 'text', (column) => column.notNull().defaultTo(''))
      .execute()
    await sql`update viewing set searched =
      lower(subject_id || '\n' || title || '\n' || coalesce(user_id, '') || '\n' || protocol)`.execute(
      database,
    )
  },
}
