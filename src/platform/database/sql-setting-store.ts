import type { Kysely } from 'kysely'
import type { SavedSetting, SettingStore } from '../../core/setting-store.ts'
import type { Schema } from './schema.ts'

/** Keeps settings in SQL. */
export class SqlSettingStore implements SettingStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  all(): Promise<readonly SavedSetting[]> {
    return this.#database.selectFrom('setting').select(['key', 'value']).orderBy('key').execute()
  }

  async save(changes: ReadonlyMap<string, string | null>): Promise<void> {
    if (changes.size === 0) return
    const rows = [...changes].flatMap(([key, value]) => (value === null ? [] : [{ key, value }]))
    await this.#database.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom('setting')
        .where('key', 'in', [...changes.keys()])
        .execute()
      if (rows.length > 0) await transaction.insertInto('setting').values(rows).execute()
    })
  }
}
