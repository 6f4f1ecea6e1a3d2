import { FakeDeliveryStore, FakeWebhookStore } from './fake-webhook-store.ts'
import { describeWebhookStore } from './webhook-store-contract.ts'

describeWebhookStore('the fake stores of webhooks', async () => {
  const deliveries = new FakeDeliveryStore()
  return { deliveries, webhooks: new FakeWebhookStore(deliveries) }
})
