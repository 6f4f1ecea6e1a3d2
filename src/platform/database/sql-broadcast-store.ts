import { type Kysely, sql } from 'kysely'
import type { BroadcastQuery, BroadcastRecord, BroadcastStore } from '../../core/broadcast-store.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { BroadcastRow, Schema } from './schema.ts'

/** Keeps broadcasts in SQL. */
export class SqlBroadcastStore implements BroadcastStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(record: BroadcastRecord): Promise<void> {
    const { numInsertedOrUpdatedRows } = await this.#database
      .insertInto('broadcast')
      .values(rowOf(record))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n)
      throw new BroadcastError('broadcast-exists', 'there is already a broadcast with this id')
  }

  async update(record: BroadcastRecord): Promise<void> {
    const { id, ...changes } = rowOf(record)
    await this.#database.updateTable('broadcast').set(changes).where('id', '=', id).execute()
  }

  async find(id: string): Promise<BroadcastRecord | undefined> {
    const row = await this.#database
      .selectFrom('broadcast')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row && recordOf(row)
  }

  async list({
    states,
    visibility,
    ownerId,
    text = '',
    offset,
    limit,
  }: BroadcastQuery): ReturnType<BroadcastStore['list']> {
    let matching = this.#database.selectFrom('broadcast')
    if (states) matching = matching.where('state', 'in', [...states])
    if (visibility) matching = matching.where('visibility', '=', visibility)
    if (ownerId !== undefined) matching = matching.where('owner_id', '=', ownerId)
    if (text !== '') {
      const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
      matching = matching.where(({ or, ref }) =>
        or(
          (['id', 'title'] as const).map(
            (column) => sql<boolean>`lower(${ref(column)}) like ${pattern} escape '\\'`,
          ),
        ),
      )
    }
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
    return { records: rows.map(recordOf), total }
  }

  async remove(id: string): Promise<void> {
    await this.#database.deleteFrom('broadcast').where('id', '=', id).execute()
  }

  async endInterrupted(endedAt: number): Promise<number> {
    const { numUpdatedRows } = await this.#database
      .updateTable('broadcast')
      .set({ state: 'ended', ended_at: endedAt })
      .where('state', 'in', ['live', 'reconnecting'])
      .executeTakeFirst()
    return Number(numUpdatedRows)
  }
}

function rowOf(record: BroadcastRecord): BroadcastRow {
  const { ownerId, keyHash, createdAt, startedAt, endedAt, record: recorded, chat, ...same } = record
  return {
    ...same,
    owner_id: ownerId,
    record: Number(recorded),
    chat: Number(chat),
    key_hash: keyHash,
    created_at: createdAt,
    started_at: startedAt,
    ended_at: endedAt,
  }
}

function recordOf({
  owner_id,
  key_hash,
  created_at,
  started_at,
  ended_at,
  record,
  chat,
  ...same
}: BroadcastRow): BroadcastRecord {
  return {
    ...same,
    ownerId: owner_id,
    record: Boolean(record),
    chat: Boolean(chat),
    keyHash: key_hash,
    createdAt: created_at,
    startedAt: started_at,
    endedAt: ended_at,
  }
}
