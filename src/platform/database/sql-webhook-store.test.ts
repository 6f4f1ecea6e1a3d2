import { describeWebhookStore } from '../../../test/support/webhook-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { SqlDeliveryStore } from './sql-delivery-store.ts'
import { SqlWebhookStore } from './sql-webhook-store.ts'

describeWebhookStore('SqlWebhookStore and SqlDeliveryStore on SQLite', async () => {
  const database = await openDatabase(':memory:')
  return { webhooks: new SqlWebhookStore(database), deliveries: new SqlDeliveryStore(database) }
})
