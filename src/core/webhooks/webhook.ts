/** What a webhook can be told of, besides the test that is sent by hand. */
export const WEBHOOK_EVENTS = [
  'broadcast.created',
  'broadcast.live',
  'broadcast.reconnecting',
  'broadcast.ended',
  'recording.ready',
  'viewing.started',
  'viewing.ended',
] as const

export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number]

/** An address that is told of events. Times are milliseconds since the epoch. */
export type WebhookRecord = {
  readonly id: string
  readonly url: string
  /** What its administrator calls it. */
  readonly description: string
  readonly events: readonly WebhookEventType[]
  readonly active: boolean
  /** Counts up with each new secret; the secret itself is never stored. */
  readonly secretVersion: number
  readonly secretChangedAt: number
  readonly createdAt: number
  /** Since when nothing arrived; null while all is well. */
  readonly failingSince: number | null
  /** Why the server itself turned it off; null when it did not. */
  readonly notice: string | null
}

/** Something happened that webhooks are told of. */
export type WebhookEvent = {
  readonly type: WebhookEventType
  readonly at: number
  /** Events with the same lane go out one after the other. */
  readonly lane: string
  /** Never holds a secret. */
  readonly data: object
}
