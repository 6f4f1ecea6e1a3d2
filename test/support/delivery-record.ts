import type { DeliveryRecord } from '../../src/core/webhooks/delivery.ts'

/** One delivery, as wanted. */
export const deliveryRecord = (changes: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  id: 'msg_1',
  webhookId: 'wh_1',
  position: 1,
  lane: 'lecture',
  event: 'broadcast.live',
  body: '{"type":"broadcast.live","timestamp":"2030-01-01T00:00:00.000Z","data":{"title":"Zoë\'s \\"talk\\""}}',
  state: 'pending',
  createdAt: 1_895_000_000_000,
  nextAt: 1_895_000_000_000,
  tries: 0,
  attempts: [],
  ...changes,
})
