import type { Kysely } from 'kysely'
import type { RecordingQuery, RecordingRecord, RecordingStore } from '../../core/recording/recording-store.ts'
import { recordingOf, recordingRowOf } from './recording-row.ts'
import type { Schema } from './schema.ts'

/** Keeps what is known of recordings in SQL. */
export class SqlRecordingStore implements RecordingStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async save(record: RecordingRecord): Promise<void> {
    const row = recordingRowOf(record)
    const { id: _id, ...changes } = row
    await this.#database
      .insertInto('recording')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
      .execute()
  }

  async find(id: string): Promise<RecordingRecord | undefined> {
    const row = await this.#database
      .selectFrom('recording')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row && recordingOf(row)
  }

  async list(query: RecordingQuery): ReturnType<RecordingStore['list']> {
    const { broadcastId, visibility, ownerId, states, offset, limit } = query
    let matching = this.#database.selectFrom('recording')
    if (broadcastId !== undefined) matching = matching.where('broadcast_id', '=', broadcastId)
    if (states) matching = matching.where('state', 'in', [...states])
    if (visibility)
      matching = matching.where('broadcast_id', 'in', (inner) =>
        inner.selectFrom('broadcast').select('broadcast.id').where('visibility', '=', visibility),
      )
    if (ownerId !== undefined)
      matching = matching.where('broadcast_id', 'in', (inner) =>
        inner.selectFrom('broadcast').select('broadcast.id').where('owner_id', '=', ownerId),
      )
    const { total } = await matching
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await matching
      .selectAll()
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .offset(offset)
      .limit(limit)
      .execute()
    return { records: rows.map(recordingOf), total }
  }

  async remove(id: string): Promise<void> {
    await this.#database.deleteFrom('recording').where('id', '=', id).execute()
  }
}
