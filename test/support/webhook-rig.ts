import type { WebhookRecord } from '../../src/core/webhooks/webhook.ts'
import { Webhooks, type WebhookWishes } from '../../src/core/webhooks/webhooks.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLogger } from './fake-logger.ts'
import { FakeSecrets } from './fake-secrets.ts'
import { FakeWebhookSender, fakeWebhookSecrets } from './fake-webhook-sender.ts'
import { FakeDeliveryStore, FakeWebhookStore } from './fake-webhook-store.ts'

export const WISHES: WebhookWishes = {
  url: 'https://example.org/hook',
  description: 'A hook',
  events: ['broadcast.live', 'broadcast.ended'],
  active: true,
}

/** Webhooks over fakes: no network, no database, no time. */
export async function webhookRig() {
  const deliveries = new FakeDeliveryStore()
  const parts = {
    deliveries,
    store: new FakeWebhookStore(deliveries),
    sender: new FakeWebhookSender(),
    secrets: fakeWebhookSecrets,
    ids: new FakeSecrets(),
    clock: new FakeClock(),
    logger: new FakeLogger(),
    random: () => 0.5,
    maxWaiting: 100,
  }
  const turnedOff: WebhookRecord[] = []
  const open = () => Webhooks.open({ ...parts, turnedOff: (webhook) => turnedOff.push(webhook) })
  const webhooks = await open()
  return {
    ...parts,
    webhooks,
    turnedOff,
    /** Another process on the same stores. */
    reopen: open,
    /** Something happened in a broadcast. */
    announce(type: WebhookRecord['events'][number], lane = 'lecture', data: object = {}, to = webhooks) {
      to.announce({ type, at: parts.clock.now(), lane, data })
    },
    /** Time passes, and what is due in it is done. */
    async advance(milliseconds: number, of = webhooks) {
      await of.idle()
      parts.clock.advance(milliseconds)
      await of.idle()
    },
  }
}
