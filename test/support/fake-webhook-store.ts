import type { DeliveryRecord } from '../../src/core/webhooks/delivery.ts'
import type { WebhookRecord } from '../../src/core/webhooks/webhook.ts'
import {
  type DeliveryStore,
  type DueQuery,
  PATIENCE,
  type WebhookStore,
} from '../../src/core/webhooks/webhook-store.ts'

const inOrder = (a: DeliveryRecord, b: DeliveryRecord) => a.position - b.position

/** Keeps deliveries in memory, and can be out of order. */
export class FakeDeliveryStore implements DeliveryStore {
  readonly records = new Map<string, DeliveryRecord>()
  /** While set, every call rejects with it: the database is down. */
  failure: Error | undefined

  async insert(records: readonly DeliveryRecord[]): Promise<void> {
    await this.#reach()
    for (const record of records) this.records.set(record.id, record)
  }

  async update(record: DeliveryRecord): Promise<void> {
    await this.#reach()
    if (this.records.has(record.id)) this.records.set(record.id, record)
  }

  async find(webhookId: string, id: string): Promise<DeliveryRecord | undefined> {
    await this.#reach()
    const found = this.records.get(id)
    return found?.webhookId === webhookId ? found : undefined
  }

  async list(
    { webhookId, state }: Parameters<DeliveryStore['list']>[0],
    { offset, limit }: Parameters<DeliveryStore['list']>[1],
  ) {
    await this.#reach()
    const matching = [...this.records.values()]
      .filter((record) => record.webhookId === webhookId && (state ?? record.state) === record.state)
      .sort((a, b) => b.position - a.position)
    return { records: matching.slice(offset, offset + limit), total: matching.length }
  }

  async due({ now, webhookIds, except, limit }: DueQuery): Promise<readonly DeliveryRecord[]> {
    await this.#reach()
    const pending = this.#pending()
    const mustWait = (record: DeliveryRecord) =>
      record.lane !== '' &&
      pending.some(
        (earlier) =>
          earlier.webhookId === record.webhookId &&
          earlier.lane === record.lane &&
          earlier.position < record.position &&
          earlier.tries < PATIENCE,
      )
    return pending
      .filter((record) => webhookIds.includes(record.webhookId) && !except.includes(record.id))
      .filter((record) => (record.nextAt ?? Infinity) <= now && !mustWait(record))
      .sort((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0) || inOrder(a, b))
      .slice(0, limit)
  }

  async nextAfter(now: number): Promise<number | undefined> {
    await this.#reach()
    const times = this.#pending().flatMap(({ nextAt }) => (nextAt !== null && nextAt > now ? [nextAt] : []))
    return times.length === 0 ? undefined : Math.min(...times)
  }

  async giveUp(webhookId: string, keep: number): Promise<number> {
    await this.#reach()
    const pending = this.#pending().filter((record) => record.webhookId === webhookId)
    const given = pending.slice(0, Math.max(0, pending.length - keep))
    for (const record of given) this.records.set(record.id, { ...record, state: 'failed', nextAt: null })
    return given.length
  }

  async purge(createdBefore: number, limit: number): Promise<number> {
    await this.#reach()
    const old = [...this.records.values()]
      .filter(({ state, createdAt }) => state !== 'pending' && createdAt < createdBefore)
      .slice(0, limit)
    for (const { id } of old) this.records.delete(id)
    return old.length
  }

  async lastPosition(): Promise<number> {
    await this.#reach()
    return Math.max(0, ...[...this.records.values()].map(({ position }) => position))
  }

  #pending(): DeliveryRecord[] {
    return [...this.records.values()].filter(({ state }) => state === 'pending').sort(inOrder)
  }

  async #reach(): Promise<void> {
    await Promise.resolve()
    if (this.failure) throw this.failure
  }
}

/** Keeps webhooks in memory. */
export class FakeWebhookStore implements WebhookStore {
  readonly records = new Map<string, WebhookRecord>()
  readonly #deliveries: FakeDeliveryStore

  constructor(deliveries: FakeDeliveryStore) {
    this.#deliveries = deliveries
  }

  async save(record: WebhookRecord): Promise<void> {
    await Promise.resolve()
    this.records.set(record.id, record)
  }

  async remove(id: string): Promise<void> {
    await Promise.resolve()
    this.records.delete(id)
    for (const record of this.#deliveries.records.values())
      if (record.webhookId === id) this.#deliveries.records.delete(record.id)
  }

  async all(): Promise<readonly WebhookRecord[]> {
    await Promise.resolve()
    return [...this.records.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }
}
