import type { DeliveryAttempt, DeliveryRecord } from '../../core/webhooks/delivery.ts'
import type { WebhookEventType, WebhookRecord } from '../../core/webhooks/webhook.ts'

/** A webhook as it is stored; `events` separated by spaces. */
export type WebhookRow = {
  id: string
  url: string
  description: string
  events: string
  active: number
  secret_version: number
  secret_changed_at: number
  created_at: number
  failing_since: number | null
  notice: string | null
}

/** A delivery as it is stored; `attempts` is JSON. */
export type DeliveryRow = {
  id: string
  webhook_id: string
  position: number
  lane: string
  event: DeliveryRecord['event']
  body: string
  state: DeliveryRecord['state']
  created_at: number
  next_at: number | null
  tries: number
  attempts: string
}

export function webhookRowOf(record: WebhookRecord): WebhookRow {
  const { id, url, description, events, active, notice } = record
  return {
    ...{ id, url, description, notice },
    events: events.join(' '),
    active: Number(active),
    secret_version: record.secretVersion,
    secret_changed_at: record.secretChangedAt,
    created_at: record.createdAt,
    failing_since: record.failingSince,
  }
}

export function webhookOf(row: WebhookRow): WebhookRecord {
  const { id, url, description, events, notice } = row
  return {
    ...{ id, url, description, notice },
    events: events === '' ? [] : (events.split(' ') as WebhookEventType[]),
    active: Boolean(row.active),
    secretVersion: row.secret_version,
    secretChangedAt: row.secret_changed_at,
    createdAt: row.created_at,
    failingSince: row.failing_since,
  }
}

export function deliveryRowOf(record: DeliveryRecord): DeliveryRow {
  const { id, webhookId, position, lane, event, body, state, createdAt, nextAt, tries, attempts } = record
  return {
    ...{ id, position, lane, event, body, state, tries },
    webhook_id: webhookId,
    created_at: createdAt,
    next_at: nextAt,
    attempts: JSON.stringify(attempts),
  }
}

export function deliveryOf(row: DeliveryRow): DeliveryRecord {
  const { id, lane, event, body, state, tries } = row
  return {
    ...{ id, lane, event, body, state, tries },
    webhookId: row.webhook_id,
    position: row.position,
    createdAt: row.created_at,
    nextAt: row.next_at,
    attempts: JSON.parse(row.attempts) as DeliveryAttempt[],
  }
}
