import { setImmediate as others } from 'node:timers/promises'
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { folded } from '../../core/library-item.ts'
import type { ViewingFilter, ViewingRecord, ViewingStore, ViewingTimes } from '../../core/viewing-store.ts'
import type { Schema } from './schema.ts'
import { recordOfViewing, rowOfViewing } from './viewing-row.ts'

/** Keeps the watch log in SQL. What comes in portions lets others have their turn in between: SQLite blocks. */
export class SqlViewingStore implements ViewingStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async save(records: readonly ViewingRecord[]): Promise<void> {
    const rows = newestOfEach(records).map(rowOfViewing)
    if (rows.length === 0) return
    await this.#database
      .insertInto('viewing')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet((eb) => ({
            revision: eb.ref('excluded.revision'),
            title: eb.ref('excluded.title'),
            // Who has been forgotten meanwhile is not found by name again.
            searched: eb
              .case()
              .when(eb.and([eb('viewing.user_id', 'is', null), eb('excluded.user_id', 'is not', null)]))
              .then(eb.ref('viewing.searched'))
              .else(eb.ref('excluded.searched'))
              .end(),
            seen_at: eb.ref('excluded.seen_at'),
            ended_at: eb.ref('excluded.ended_at'),
            seconds_watched: eb.ref('excluded.seconds_watched'),
            intervals: eb.ref('excluded.intervals'),
            bytes: eb.ref('excluded.bytes'),
          }))
          .whereRef('viewing.revision', '<', 'excluded.revision'),
      )
      .execute()
    await others()
  }

  async list(
    filter: ViewingFilter,
    { offset, limit }: { offset: number; limit: number },
  ): ReturnType<ViewingStore['list']> {
    const matching = matched(this.#database.selectFrom('viewing'), filter)
    const { total } = await matching
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await matching
      .selectAll()
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .offset(offset)
      .limit(limit)
      .execute()
    return { records: rows.map(recordOfViewing), total }
  }

  async next(
    filter: ViewingFilter,
    { after, limit }: Parameters<ViewingStore['next']>[1],
  ): Promise<readonly ViewingRecord[]> {
    let matching = matched(this.#database.selectFrom('viewing'), filter)
    if (after)
      matching = matching.where((eb) =>
        eb.or([
          eb('started_at', '<', after.startedAt),
          eb.and([eb('started_at', '=', after.startedAt), eb('id', '<', after.id)]),
        ]),
      )
    const rows = await matching
      .selectAll()
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
    await others()
    return rows.map(recordOfViewing)
  }

  async timesOf(
    broadcastId: string,
    { from, to }: { from: number; to: number },
    { afterId, limit }: { afterId?: string; limit: number },
  ): Promise<readonly ViewingTimes[]> {
    let matching = this.#database
      .selectFrom('viewing')
      .select(['id', 'started_at', 'seen_at', 'ended_at'])
      .where('subject_kind', '=', 'broadcast')
      .where('subject_id', '=', broadcastId)
      .where('started_at', '<', to)
      .where((eb) => eb.or([eb('ended_at', 'is', null), eb('ended_at', '>', from)]))
    if (afterId !== undefined) matching = matching.where('id', '>', afterId)
    const rows = await matching.orderBy('id').limit(limit).execute()
    await others()
    return rows.map(({ id, started_at, seen_at, ended_at }) => ({
      id,
      startedAt: started_at,
      seenAt: seen_at,
      endedAt: ended_at,
    }))
  }

  async endInterrupted(seenBefore: number): Promise<number> {
    const { numUpdatedRows } = await this.#database
      .updateTable('viewing')
      .set((eb) => ({ ended_at: eb.ref('seen_at') }))
      .where('ended_at', 'is', null)
      .where('seen_at', '<', seenBefore)
      .executeTakeFirst()
    return Number(numUpdatedRows)
  }

  async truncateAddresses(startedBefore: number, limit: number): Promise<number> {
    const { numUpdatedRows } = await this.#database
      .updateTable('viewing')
      .set((eb) => ({ address: eb.ref('network') }))
      .where('id', 'in', (from) =>
        from
          .selectFrom('viewing')
          .select('id')
          .where('started_at', '<', startedBefore)
          .whereRef('address', '<>', 'network')
          .limit(limit),
      )
      .executeTakeFirst()
    await others()
    return Number(numUpdatedRows)
  }

  async purge(startedBefore: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('viewing')
      .where('id', 'in', (from) =>
        from
          .selectFrom('viewing')
          .select('id')
          .where('started_at', '<', startedBefore)
          .where('ended_at', 'is not', null)
          .limit(limit),
      )
      .executeTakeFirst()
    await others()
    return Number(numDeletedRows)
  }

  async forgetUser(userId: string, limit: number): Promise<number> {
    const { numUpdatedRows } = await this.#database
      .updateTable('viewing')
      .set((eb) => ({
        ...{ user_id: null, address: '', network: '' },
        searched: eb.fn<string>('replace', ['searched', eb.val(`\n${folded(userId)}\n`), eb.val('\n\n')]),
      }))
      .where('id', 'in', (from) =>
        from.selectFrom('viewing').select('id').where('user_id', '=', userId).limit(limit),
      )
      .executeTakeFirst()
    await others()
    return Number(numUpdatedRows)
  }
}

type Viewings<Output> = SelectQueryBuilder<Schema, 'viewing', Output>

function matched<Output>(
  viewings: Viewings<Output>,
  { authenticated, from, to, broadcastId, userId, text }: ViewingFilter,
): Viewings<Output> {
  let matching = viewings
  if (authenticated !== undefined) matching = matching.where('is_authenticated', '=', Number(authenticated))
  if (from !== undefined) matching = matching.where('started_at', '>=', from)
  if (to !== undefined) matching = matching.where('started_at', '<', to)
  if (broadcastId !== undefined)
    matching = matching.where('subject_kind', '=', 'broadcast').where('subject_id', '=', broadcastId)
  if (userId !== undefined) matching = matching.where('user_id', '=', userId)
  if (text !== undefined && text !== '') {
    const pattern = `%${folded(text).replaceAll(/[\\%_]/g, '\\$&')}%`
    const isLike = (column: 'searched' | 'address') =>
      sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
    matching = matching.where((eb) => eb.or([isLike('searched'), isLike('address')]))
  }
  return matching
}

/** One insert must not name a row twice. */
function newestOfEach(records: readonly ViewingRecord[]): readonly ViewingRecord[] {
  const newest = new Map<string, ViewingRecord>()
  for (const record of records)
    if ((newest.get(record.id)?.revision ?? -1) < record.revision) newest.set(record.id, record)
  return [...newest.values()]
}
