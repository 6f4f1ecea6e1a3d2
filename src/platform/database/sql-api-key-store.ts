import type { Kysely } from 'kysely'
import type { ApiKey, ApiKeyStore } from '../../core/people/api-key-store.ts'
import { apiKeyOf, apiKeyRowOf } from './people-rows.ts'
import type { Schema } from './schema.ts'

/** Keeps API keys in SQL. */
export class SqlApiKeyStore implements ApiKeyStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(key: ApiKey): Promise<void> {
    await this.#database.insertInto('api_key').values(apiKeyRowOf(key)).execute()
  }

  async find(id: string): Promise<ApiKey | undefined> {
    const row = await this.#database.selectFrom('api_key').selectAll().where('id', '=', id).executeTakeFirst()
    return row && apiKeyOf(row)
  }

  async findByHash(hash: string): Promise<ApiKey | undefined> {
    const row = await this.#database
      .selectFrom('api_key')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirst()
    return row && apiKeyOf(row)
  }

  async list({ userId, offset, limit }: Parameters<ApiKeyStore['list']>[0]): ReturnType<ApiKeyStore['list']> {
    let matching = this.#database.selectFrom('api_key')
    if (userId !== undefined) matching = matching.where('user_id', '=', userId)
    const { total } = await matching
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await matching
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .offset(offset)
      .limit(limit)
      .execute()
    return { keys: rows.map(apiKeyOf), total }
  }

  async touch(id: string, usedAt: number): Promise<void> {
    await this.#database.updateTable('api_key').set({ used_at: usedAt }).where('id', '=', id).execute()
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('api_key')
      .where('id', '=', id)
      .executeTakeFirst()
    return numDeletedRows === 1n
  }

  async removeOf(userId: string): Promise<void> {
    await this.#database.deleteFrom('api_key').where('user_id', '=', userId).execute()
  }
}
