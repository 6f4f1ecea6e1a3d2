import type { DeliveryAttempt } from './delivery.ts'

/** One request to a webhook. */
export type WebhookRequest = {
  readonly url: string
  readonly id: string
  /** Milliseconds since the epoch; receivers refuse what is old. */
  readonly at: number
  readonly body: string
  /** It is signed with each. */
  readonly secrets: readonly string[]
}

/** Carries webhooks out of the house, and nowhere inside it. */
export interface WebhookSender {
  /** Never rejects: that nobody answered is an outcome. With `signal` it is given up. */
  send(request: WebhookRequest, signal: AbortSignal): Promise<Omit<DeliveryAttempt, 'at'>>
  /** Why this address may not be sent to; undefined when it may, or is not known yet. */
  refusal(url: string): Promise<string | undefined>
}

/** Secrets of webhooks, each always the same for the same id and version. */
export interface WebhookSecrets {
  /** `whsec_…`, as Standard Webhooks write it. */
  of(webhookId: string, version: number): string
}
