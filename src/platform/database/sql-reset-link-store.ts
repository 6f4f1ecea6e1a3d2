import type { Kysely } from 'kysely'
import type { ResetLink, ResetLinkStore } from '../../core/people/reset-link-store.ts'
import type { Schema } from './schema.ts'

/** Keeps links for new passwords in SQL. */
export class SqlResetLinkStore implements ResetLinkStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert({ tokenHash, userId, expiresAt }: ResetLink): Promise<void> {
    await this.#database
      .insertInto('reset_link')
      .values({ token_hash: tokenHash, user_id: userId, expires_at: expiresAt })
      .execute()
  }

  async find(tokenHash: string): Promise<ResetLink | undefined> {
    const row = await this.#database
      .selectFrom('reset_link')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst()
    return row && { tokenHash, userId: row.user_id, expiresAt: row.expires_at }
  }

  async remove(tokenHash: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('reset_link')
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst()
    return numDeletedRows === 1n
  }

  async removeOf(userId: string): Promise<void> {
    await this.#database.deleteFrom('reset_link').where('user_id', '=', userId).execute()
  }

  async removeExpired(now: number): Promise<void> {
    await this.#database.deleteFrom('reset_link').where('expires_at', '<=', now).execute()
  }
}
