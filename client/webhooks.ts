import { type ApiAccess, call, json, queryOf } from './api.ts'

/** An address that is told what happens. */
export type WebhookView = {
  id: string
  url: string
  description: string
  events: string[]
  active: boolean
  createdAt: string
  secretChangedAt: string
  /** Since when nothing has arrived. */
  failingSince: string | null
  /** Why the server turned it off. */
  notice: string | null
}

/** Something that a webhook was told, with every attempt. */
export type DeliveryView = {
  id: string
  event: string
  state: 'pending' | 'delivered' | 'failed'
  createdAt: string
  nextAt: string | null
  body: string
  attempts: {
    at: string
    duration: number
    status: number | null
    error: string | null
    response: string
  }[]
}

/** What a webhook shall be. */
export type WebhookWish = { url: string; description?: string; events: string[]; active?: boolean }

/** Webhooks, and the events that there are. Everything here is for administrators, and rejects with ProblemError. */
export async function listWebhooks(access?: ApiAccess): Promise<{ items: WebhookView[]; events: string[] }> {
  return json(await call('GET', 'api/webhooks', access))
}

/** `secret` is told this once; it signs. */
export async function makeWebhook(
  wish: WebhookWish,
  access?: ApiAccess,
): Promise<WebhookView & { secret: string }> {
  return json(await call('POST', 'api/webhooks', access, wish))
}

/** Changes what is given. */
export async function changeWebhook(
  id: string,
  changes: Partial<WebhookWish>,
  access?: ApiAccess,
): Promise<WebhookView> {
  return json(await call('PATCH', pathOf(id), access, changes))
}

/** Removes it with its deliveries. */
export async function removeWebhook(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', pathOf(id), access)
}

/** Sends it a `webhook.test`. */
export async function testWebhook(id: string, access?: ApiAccess): Promise<DeliveryView> {
  return json(await call('POST', `${pathOf(id)}/test`, access))
}

/** What it was told, newest first. */
export async function listDeliveries(
  id: string,
  part: { page?: number | undefined; pageSize?: number | undefined } = {},
  access?: ApiAccess,
): Promise<{ items: DeliveryView[]; total: number; page: number; pageSize: number }> {
  return json(await call('GET', `${pathOf(id)}/deliveries?${queryOf(part)}`, access))
}

/** Tells it the same again. */
export async function resendDelivery(
  id: string,
  delivery: string,
  access?: ApiAccess,
): Promise<DeliveryView> {
  return json(await call('POST', `${pathOf(id)}/deliveries/${encodeURIComponent(delivery)}/resend`, access))
}

function pathOf(id: string): string {
  return `api/webhooks/${encodeURIComponent(id)}`
}
