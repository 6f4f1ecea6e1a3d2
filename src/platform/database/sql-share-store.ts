import type { Kysely } from 'kysely'
import type { ShareStore, ViewerTokenRecord } from '../../core/share-store.ts'
import type { Schema, ViewerTokenRow } from './schema.ts'

/** Keeps in SQL who may watch what is private. */
export class SqlShareStore implements ShareStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async addToken(record: ViewerTokenRecord): Promise<void> {
    await this.#database.insertInto('viewer_token').values(rowOf(record)).execute()
  }

  async tokensOf(broadcastId: string): Promise<readonly ViewerTokenRecord[]> {
    const rows = await this.#database
      .selectFrom('viewer_token')
      .selectAll()
      .where('broadcast_id', '=', broadcastId)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute()
    return rows.map(recordOf)
  }

  async removeToken(broadcastId: string, id: string): Promise<void> {
    await this.#database
      .deleteFrom('viewer_token')
      .where('id', '=', id)
      .where('broadcast_id', '=', broadcastId)
      .execute()
  }

  async removeExpired(before: number): Promise<void> {
    await this.#database.deleteFrom('viewer_token').where('expires_at', '<', before).execute()
  }

  async viewersOf(broadcastId: string): Promise<readonly string[]> {
    const rows = await this.#database
      .selectFrom('named_viewer')
      .select('user_id')
      .where('broadcast_id', '=', broadcastId)
      .orderBy('user_id')
      .execute()
    return rows.map(({ user_id }) => user_id)
  }

  async setViewers(broadcastId: string, userIds: readonly string[]): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('named_viewer').where('broadcast_id', '=', broadcastId).execute()
      const rows = [...new Set(userIds)].map((user_id) => ({ broadcast_id: broadcastId, user_id }))
      if (rows.length > 0) await transaction.insertInto('named_viewer').values(rows).execute()
    })
  }

  async removeAllOf(broadcastId: string): Promise<void> {
    await this.#database.deleteFrom('viewer_token').where('broadcast_id', '=', broadcastId).execute()
    await this.#database.deleteFrom('named_viewer').where('broadcast_id', '=', broadcastId).execute()
  }
}

function rowOf({ broadcastId, createdBy, createdAt, expiresAt, ...same }: ViewerTokenRecord): ViewerTokenRow {
  return {
    ...same,
    broadcast_id: broadcastId,
    created_by: createdBy,
    created_at: createdAt,
    expires_at: expiresAt,
  }
}

function recordOf(row: ViewerTokenRow): ViewerTokenRecord {
  return {
    id: row.id,
    broadcastId: row.broadcast_id,
    name: row.name,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
