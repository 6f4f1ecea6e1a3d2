import path from 'node:path'
import type { Kysely } from 'kysely'
import { WatchLog, type WatchLogOptions } from '../core/watch-log.ts'
import type { Schema } from '../platform/database/schema.ts'
import { SqlViewingStore } from '../platform/database/sql-viewing-store.ts'
import { FileViewingSpool } from '../platform/viewing-spool.ts'
import type { Config } from './config/schema.ts'

type Parts = Pick<WatchLogOptions, 'broadcasts' | 'secrets' | 'clock' | 'logger' | 'written'>

/** The watch log in the database, with its spool in the data folder. */
export function openWatchLog(config: Config, database: Kysely<Schema>, parts: Parts): Promise<WatchLog> {
  return WatchLog.open({
    ...parts,
    store: new SqlViewingStore(database),
    spool: new FileViewingSpool(path.join(config.dataDir, 'viewings.spool')),
    rules: {
      get addressDays() {
        return config.watchLogAddressDays
      },
      get days() {
        return config.watchLogDays
      },
    },
  })
}
