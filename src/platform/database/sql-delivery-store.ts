import { setImmediate as others } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { DeliveryRecord } from '../../core/webhooks/delivery.ts'
import { type DeliveryStore, type DueQuery, PATIENCE } from '../../core/webhooks/webhook-store.ts'
import type { Schema } from './schema.ts'
import { deliveryOf, deliveryRowOf } from './webhook-row.ts'

/** Keeps deliveries in SQL. */
export class SqlDeliveryStore implements DeliveryStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async insert(records: readonly DeliveryRecord[]): Promise<void> {
    if (records.length === 0) return
    await this.#database.insertInto('webhook_delivery').values(records.map(deliveryRowOf)).execute()
    await others()
  }

  async update(record: DeliveryRecord): Promise<void> {
    const { id, ...changes } = deliveryRowOf(record)
    await this.#database.updateTable('webhook_delivery').set(changes).where('id', '=', id).execute()
  }

  async find(webhookId: string, id: string): Promise<DeliveryRecord | undefined> {
    const row = await this.#database
      .selectFrom('webhook_delivery')
      .selectAll()
      .where('id', '=', id)
      .where('webhook_id', '=', webhookId)
      .executeTakeFirst()
    return row && deliveryOf(row)
  }

  async list(
    { webhookId, state }: Parameters<DeliveryStore['list']>[0],
    { offset, limit }: Parameters<DeliveryStore['list']>[1],
  ): ReturnType<DeliveryStore['list']> {
    let matching = this.#database.selectFrom('webhook_delivery').where('webhook_id', '=', webhookId)
    if (state !== undefined) matching = matching.where('state', '=', state)
    const { total } = await matching.select(({ fn }) => fn.countAll().as('total')).executeTakeFirstOrThrow()
    const rows = await matching.selectAll().orderBy('position', 'desc').offset(offset).limit(limit).execute()
    return { records: rows.map(deliveryOf), total: Number(total) }
  }

  async due({ now, webhookIds, except, limit }: DueQuery): Promise<readonly DeliveryRecord[]> {
    if (webhookIds.length === 0) return []
    let due = this.#database
      .selectFrom('webhook_delivery as delivery')
      .selectAll()
      .where('state', '=', 'pending')
      .where('next_at', '<=', now)
      .where('webhook_id', 'in', [...webhookIds])
      .where((eb) =>
        eb.or([
          eb('lane', '=', ''),
          eb.not(
            eb.exists(
              eb
                .selectFrom('webhook_delivery as earlier')
                .select('earlier.id')
                .where('earlier.state', '=', 'pending')
                .whereRef('earlier.webhook_id', '=', 'delivery.webhook_id')
                .whereRef('earlier.lane', '=', 'delivery.lane')
                .whereRef('earlier.position', '<', 'delivery.position')
                .where('earlier.tries', '<', PATIENCE),
            ),
          ),
        ]),
      )
    if (except.length > 0) due = due.where('id', 'not in', [...except])
    const rows = await due.orderBy('next_at').orderBy('position').limit(limit).execute()
    return rows.map(deliveryOf)
  }

  async nextAfter(now: number): Promise<number | undefined> {
    const row = await this.#database
      .selectFrom('webhook_delivery')
      .select('next_at')
      .where('state', '=', 'pending')
      .where('next_at', '>', now)
      .orderBy('next_at')
      .limit(1)
      .executeTakeFirst()
    return row?.next_at ?? undefined
  }

  async giveUp(webhookId: string, keep: number): Promise<number> {
    const newest = await this.#database
      .selectFrom('webhook_delivery')
      .select('position')
      .where('webhook_id', '=', webhookId)
      .where('state', '=', 'pending')
      .orderBy('position', 'desc')
      .offset(keep)
      .limit(1)
      .executeTakeFirst()
    if (!newest) return 0
    const { numUpdatedRows } = await this.#database
      .updateTable('webhook_delivery')
      .set({ state: 'failed', next_at: null })
      .where('webhook_id', '=', webhookId)
      .where('state', '=', 'pending')
      .where('position', '<=', newest.position)
      .executeTakeFirst()
    await others()
    return Number(numUpdatedRows)
  }

  async purge(createdBefore: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('webhook_delivery')
      .where('id', 'in', (from) =>
        from
          .selectFrom('webhook_delivery')
          .select('id')
          .where('created_at', '<', createdBefore)
          .where('state', '<>', 'pending')
          .limit(limit),
      )
      .executeTakeFirst()
    await others()
    return Number(numDeletedRows)
  }

  async lastPosition(): Promise<number> {
    const { last } = await this.#database
      .selectFrom('webhook_delivery')
      .select(({ fn }) => fn.max<number | null>('position').as('last'))
      .executeTakeFirstOrThrow()
    return last ?? 0
  }
}
