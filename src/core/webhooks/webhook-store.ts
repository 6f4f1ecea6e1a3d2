import type { DeliveryRecord, DeliveryState } from './delivery.ts'
import type { WebhookRecord } from './webhook.ts'

/** Keeps webhooks. Implementations: the database, and a fake that remembers. */
export interface WebhookStore {
  /** Inserts it, or overwrites the row with the same id. */
  save(record: WebhookRecord): Promise<void>
  /** With its deliveries. */
  remove(id: string): Promise<void>
  /** Oldest first. */
  all(): Promise<readonly WebhookRecord[]>
}

export type DueQuery = {
  readonly now: number
  readonly webhookIds: readonly string[]
  /** Ids that are on their way already. */
  readonly except: readonly string[]
  readonly limit: number
}

/** While a delivery has been tried less often than this, later ones of its lane wait for it. */
export const PATIENCE = 4

/** Keeps deliveries, those on their way and those of the log. */
export interface DeliveryStore {
  /** All or none. */
  insert(records: readonly DeliveryRecord[]): Promise<void>
  /** Overwrites the row with the same id; unknown ids are ignored. */
  update(record: DeliveryRecord): Promise<void>
  find(webhookId: string, id: string): Promise<DeliveryRecord | undefined>
  /** Newest first. */
  list(
    query: { readonly webhookId: string; readonly state?: DeliveryState },
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{ readonly records: readonly DeliveryRecord[]; readonly total: number }>
  /** Pending and due, the longest due first, at most one of a lane as long as it has been tried less than `PATIENCE` times. */
  due(query: DueQuery): Promise<readonly DeliveryRecord[]>
  /** When the next pending one becomes due after `now`; undefined when none does. */
  nextAfter(now: number): Promise<number | undefined>
  /** Pending ones of a webhook fail, except for the latest `keep`. Returns how many. */
  giveUp(webhookId: string, keep: number): Promise<number>
  /** Removes what is no longer pending and was made before; at most `limit`. Returns how many. */
  purge(createdBefore: number, limit: number): Promise<number>
  /** The highest that was ever given and is still kept; 0 for none. */
  lastPosition(): Promise<number>
}
