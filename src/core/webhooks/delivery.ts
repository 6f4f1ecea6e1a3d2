import type { WebhookEventType } from './webhook.ts'

/** `pending` until it has arrived or all attempts are used up. */
export type DeliveryState = 'pending' | 'delivered' | 'failed'

/** What came of one request. */
export type DeliveryAttempt = {
  /** When it began. */
  readonly at: number
  /** Milliseconds. */
  readonly duration: number
  /** Null where no answer came. */
  readonly status: number | null
  /** Why no answer came, or why it does not count. */
  readonly error: string | null
  /** Beginning of the answer. */
  readonly response: string
}

/** One event on its way to one webhook. Times are milliseconds since the epoch. */
export type DeliveryRecord = {
  /** The receiver sees it as `webhook-id`, the same at each attempt. */
  readonly id: string
  readonly webhookId: string
  /** Counts up in the order of events. */
  readonly position: number
  /** Deliveries with the same one go out one after the other; '' for no order. */
  readonly lane: string
  readonly event: WebhookEventType | 'webhook.test'
  /** The same bytes at each attempt. */
  readonly body: string
  readonly state: DeliveryState
  readonly createdAt: number
  /** When it is tried next; null when it is not. */
  readonly nextAt: number | null
  /** Attempts since it was sent first, or sent again by hand. */
  readonly tries: number
  /** The latest ones, oldest first. */
  readonly attempts: readonly DeliveryAttempt[]
}

/** Whether the receiver took it: https://www.standardwebhooks.com wants any 2xx. */
export function hasArrived({ status }: Pick<DeliveryAttempt, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300
}
