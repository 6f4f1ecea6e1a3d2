import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { AUDIT_MIGRATION } from './audit-migration.ts'
import { CHAT_MIGRATION } from './chat-migration.ts'
import { PEOPLE_MIGRATION } from './people-migration.ts'
import { RECORDING_MIGRATION } from './recording-migration.ts'
import { SETTING_MIGRATION } from './setting-migration.ts'
import { SHARING_MIGRATION } from './sharing-migration.ts'
import { STREAM_MIGRATION } from './stream-migration.ts'
import { VIDEO_MIGRATION } from './video-migration.ts'
import { VIEWING_SEARCH_MIGRATION } from './viewing-search-migration.ts'
import { WEBHOOK_MIGRATION } from './webhook-migration.ts'

/** In order of name; one that was published is never changed. Column types exist in SQLite and PostgreSQL alike. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-broadcasts': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('broadcast')
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('visibility', 'varchar(16)', (column) => column.notNull())
        .addColumn('record', 'integer', (column) => column.notNull())
        .addColumn('delivery', 'varchar(8)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('key_hash', 'varchar(64)', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('started_at', 'bigint')
        .addColumn('ended_at', 'bigint')
        .execute()
      await database.schema
        .createIndex('broadcast_state')
        .on('broadcast')
        .columns(['state', 'created_at'])
        .execute()
    },
  },
  '0002-viewings': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('viewing')
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('revision', 'integer', (column) => column.notNull())
        .addColumn('subject_kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('subject_id', 'text', (column) => column.notNull())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('user_id', 'varchar(64)')
        .addColumn('is_authenticated', 'integer', (column) => column.notNull())
        .addColumn('address', 'varchar(64)', (column) => column.notNull())
        .addColumn('network', 'varchar(64)', (column) => column.notNull())
        .addColumn('protocol', 'varchar(16)', (column) => column.notNull())
        .addColumn('started_at', 'bigint', (column) => column.notNull())
        .addColumn('seen_at', 'bigint', (column) => column.notNull())
        .addColumn('ended_at', 'bigint')
        .addColumn('seconds_watched', 'double precision', (column) => column.notNull())
        .addColumn('intervals', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .execute()
      await database.schema
        .createIndex('viewing_started_at')
        .on('viewing')
        .columns(['started_at', 'id'])
        .execute()
      await database.schema
        .createIndex('viewing_subject')
        .on('viewing')
        .columns(['subject_kind', 'subject_id', 'id'])
        .execute()
    },
  },
  '0003-videos': VIDEO_MIGRATION,
  '0004-recordings': RECORDING_MIGRATION,
  '0005-people': PEOPLE_MIGRATION,
  '0006-sharing': SHARING_MIGRATION,
  '0008-webhooks': WEBHOOK_MIGRATION,
  '0009-chat': CHAT_MIGRATION,
  '0010-viewing-search': VIEWING_SEARCH_MIGRATION,
  '0011-audit-log': AUDIT_MIGRATION,
  '0012-settings': SETTING_MIGRATION,
  '0013-streams': STREAM_MIGRATION,
}
