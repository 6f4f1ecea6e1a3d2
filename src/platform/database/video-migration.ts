import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The index of the library's files. */
export const VIDEO_MIGRATION: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('video')
      .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('folded_path', 'text', (column) => column.notNull())
      .addColumn('ordered_title', 'text', (column) => column.notNull())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('modified_at', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('duration', 'double precision')
      .addColumn('width', 'integer')
      .addColumn('height', 'integer')
      .addColumn('codecs', 'text', (column) => column.notNull())
      .addColumn('bitrate', 'bigint')
      .addColumn('poster_version', 'varchar(64)')
      .addColumn('examined', 'integer', (column) => column.notNull())
      .execute()
    await database.schema.createIndex('video_created_at').on('video').columns(['created_at', 'id']).execute()
  },
}
