import type { Kysely } from 'kysely'
import type { WebhookRecord } from '../../core/webhooks/webhook.ts'
import type { WebhookStore } from '../../core/webhooks/webhook-store.ts'
import type { Schema } from './schema.ts'
import { webhookOf, webhookRowOf } from './webhook-row.ts'

/** Keeps webhooks in SQL. */
export class SqlWebhookStore implements WebhookStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async save(record: WebhookRecord): Promise<void> {
    const row = webhookRowOf(record)
    const { id: _id, ...changes } = row
    await this.#database
      .insertInto('webhook')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
      .execute()
  }

  async remove(id: string): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('webhook').where('id', '=', id).execute()
      await transaction.deleteFrom('webhook_delivery').where('webhook_id', '=', id).execute()
    })
  }

  async all(): Promise<readonly WebhookRecord[]> {
    const rows = await this.#database
      .selectFrom('webhook')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return rows.map(webhookOf)
  }
}
