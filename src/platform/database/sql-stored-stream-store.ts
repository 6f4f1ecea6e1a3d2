import type { Kysely } from 'kysely'
import type {
  StoredStream,
  StoredStreamChanges,
  StoredStreamStore,
} from '../../core/provision/stored-stream-store.ts'
import type { Schema } from './schema.ts'

/** Times are milliseconds since the epoch. */
export type StoredStreamRow = {
  id: string
  owner_id: string | null
  name: string
  path: string
  start_date: number
  stop_date: number | null
  end_date: number | null
  provisioned_until: number
}

/** Keeps streams in SQL. */
export class SqlStoredStreamStore implements StoredStreamStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(stream: StoredStream): Promise<void> {
    const { ownerId, startDate, stopDate, endDate, provisionedUntil, id, name, path } = stream
    await this.#database
      .insertInto('stored_stream')
      .values({
        ...{ id, name, path, owner_id: ownerId, start_date: startDate, stop_date: stopDate },
        ...{ end_date: endDate, provisioned_until: provisionedUntil },
      })
      .execute()
  }

  async update(id: string, { stopDate, endDate, provisionedUntil }: StoredStreamChanges): Promise<void> {
    await this.#database
      .updateTable('stored_stream')
      .set({
        ...(stopDate !== undefined && { stop_date: stopDate }),
        ...(endDate !== undefined && { end_date: endDate }),
        ...(provisionedUntil !== undefined && { provisioned_until: provisionedUntil }),
      })
      .where('id', '=', id)
      .execute()
  }

  async find(id: string): Promise<StoredStream | undefined> {
    const row = await this.#database
      .selectFrom('stored_stream')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row && streamOf(row)
  }

  async running(): Promise<readonly StoredStream[]> {
    const rows = await this.#database
      .selectFrom('stored_stream')
      .selectAll()
      .where('stop_date', 'is', null)
      .where('end_date', 'is', null)
      .orderBy('start_date')
      .orderBy('id')
      .execute()
    return rows.map(streamOf)
  }

  async remove(id: string): Promise<void> {
    await this.#database.deleteFrom('stored_stream').where('id', '=', id).execute()
  }
}

function streamOf(row: StoredStreamRow): StoredStream {
  const { id, name, path } = row
  return {
    ...{ id, name, path, ownerId: row.owner_id, startDate: row.start_date, stopDate: row.stop_date },
    ...{ endDate: row.end_date, provisionedUntil: row.provisioned_until },
  }
}
