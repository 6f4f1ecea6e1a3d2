import { type Static, Type } from 'typebox'
import type { DeliveryRecord } from '../../core/webhooks/delivery.ts'
import { WEBHOOK_EVENTS, type WebhookRecord } from '../../core/webhooks/webhook.ts'

const Moment = Type.String({ format: 'date-time' })
const MomentOrNull = (description: string) => Type.Union([Moment, Type.Null()], { description })

export const EventSchema = Type.Union(WEBHOOK_EVENTS.map((event) => Type.Literal(event)))

/** A webhook as its administrator sees it; the secret is not part of it. */
export const WebhookViewSchema = Type.Object({
  id: Type.String(),
  url: Type.String(),
  description: Type.String(),
  events: Type.Array(Type.String()),
  active: Type.Boolean(),
  createdAt: Moment,
  secretChangedAt: Moment,
  failingSince: MomentOrNull('Since when nothing has arrived.'),
  notice: Type.Union([Type.String(), Type.Null()], { description: 'Why the server turned it off.' }),
})

export const DeliveryState = Type.Union([
  Type.Literal('pending'),
  Type.Literal('delivered'),
  Type.Literal('failed'),
])

/** A delivery with what came of each attempt. */
export const DeliveryViewSchema = Type.Object({
  id: Type.String({ description: 'webhook-id, as the receiver sees it.' }),
  event: Type.String(),
  state: Type.String({ description: 'pending, delivered or failed' }),
  createdAt: Moment,
  nextAt: MomentOrNull('When it is tried next.'),
  body: Type.String({ description: 'What is sent, byte for byte.' }),
  attempts: Type.Array(
    Type.Object({
      at: Moment,
      duration: Type.Integer({ description: 'milliseconds' }),
      status: Type.Union([Type.Integer(), Type.Null()]),
      error: Type.Union([Type.String(), Type.Null()]),
      response: Type.String({ description: 'Its beginning.' }),
    }),
    { description: 'The latest ones, oldest first.' },
  ),
})

export function webhookView(webhook: WebhookRecord): Static<typeof WebhookViewSchema> {
  const { id, url, description, events, active, notice, failingSince } = webhook
  return {
    ...{ id, url, description, active, notice },
    events: [...events],
    createdAt: isoOf(webhook.createdAt),
    secretChangedAt: isoOf(webhook.secretChangedAt),
    failingSince: failingSince === null ? null : isoOf(failingSince),
  }
}

export function deliveryView(delivery: DeliveryRecord): Static<typeof DeliveryViewSchema> {
  const { id, event, state, createdAt, nextAt, body, attempts } = delivery
  return {
    ...{ id, event, state, body },
    createdAt: isoOf(createdAt),
    nextAt: nextAt === null ? null : isoOf(nextAt),
    attempts: attempts.map((attempt) => ({ ...attempt, at: isoOf(attempt.at) })),
  }
}

const isoOf = (time: number) => new Date(time).toISOString()
