import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WebhookRecord } from '../../src/core/webhooks/webhook.ts'
import { type DeliveryStore, PATIENCE, type WebhookStore } from '../../src/core/webhooks/webhook-store.ts'
import { deliveryRecord } from './delivery-record.ts'

type Stores = { webhooks: WebhookStore; deliveries: DeliveryStore }

const NOW = 1_895_000_000_000
const webhook = (changes: Partial<WebhookRecord> = {}): WebhookRecord => ({
  id: 'wh_1',
  url: 'https://example.org/hook?a=b%20c',
  description: 'Zoë\'s "hook"',
  events: ['broadcast.live', 'recording.ready'],
  active: true,
  secretVersion: 3,
  secretChangedAt: NOW - 1,
  createdAt: NOW - 2,
  failingSince: null,
  notice: null,
  ...changes,
})

/** What every store of webhooks and deliveries does; run on the fake and on the real ones. */
export function describeWebhookStore(name: string, open: () => Promise<Stores>): void {
  const due = async ({ deliveries }: Stores, changes: object = {}) => {
    const query = { now: NOW, webhookIds: ['wh_1', 'wh_2'], except: [], limit: 10, ...changes }
    return (await deliveries.due(query)).map(({ id }) => id)
  }

  describe(name, () => {
    test('[WH30] a webhook is found as it was saved, oldest first, and goes with its deliveries', async () => {
      const { webhooks, deliveries } = await open()
      const failing = webhook({
        id: 'wh_2',
        createdAt: NOW - 9,
        failingSince: NOW,
        notice: 'off',
        events: [],
      })
      await webhooks.save(webhook())
      await webhooks.save(failing)
      await webhooks.save(webhook({ active: false }))
      assert.deepEqual(await webhooks.all(), [failing, webhook({ active: false })])

      await deliveries.insert([deliveryRecord(), deliveryRecord({ id: 'msg_2', webhookId: 'wh_2' })])
      await webhooks.remove('wh_1')
      await webhooks.remove('wh_1')
      assert.deepEqual(await webhooks.all(), [failing])
      assert.equal(await deliveries.find('wh_1', 'msg_1'), undefined)
      assert.equal((await deliveries.find('wh_2', 'msg_2'))?.id, 'msg_2')
    })

    test('[WH31] a delivery is found as it was, at its own webhook only; what is unknown is not updated', async () => {
      const { deliveries } = await open()
      const attempts = [{ at: NOW, duration: 12, status: 500, error: 'not "taken"', response: 'ümlaut\n' }]
      await deliveries.insert([])
      await deliveries.insert([deliveryRecord()])
      assert.deepEqual(await deliveries.find('wh_1', 'msg_1'), deliveryRecord())
      assert.equal(await deliveries.find('wh_2', 'msg_1'), undefined)

      const tried = deliveryRecord({ attempts, tries: 1, nextAt: null, state: 'failed' })
      await deliveries.update(tried)
      await deliveries.update(deliveryRecord({ id: 'msg_9' }))
      assert.deepEqual(await deliveries.find('wh_1', 'msg_1'), tried)
      assert.equal(await deliveries.find('wh_1', 'msg_9'), undefined)
      assert.equal(await deliveries.lastPosition(), 1)
    })

    test('[WH32] the log is newest first, by webhook and state, in pages, with the total', async () => {
      const { deliveries } = await open()
      assert.equal(await deliveries.lastPosition(), 0)
      for (let position = 1; position <= 5; position++)
        await deliveries.insert([
          deliveryRecord({ id: `msg_${position}`, position, state: position % 2 ? 'failed' : 'delivered' }),
        ])
      await deliveries.insert([deliveryRecord({ id: 'other', webhookId: 'wh_2', position: 6 })])
      const ids = async (query: object, page = { offset: 0, limit: 10 }) => {
        const { records, total } = await deliveries.list({ webhookId: 'wh_1', ...query }, page)
        return [total, ...records.map(({ id }) => id)]
      }
      assert.deepEqual(await ids({}), [5, 'msg_5', 'msg_4', 'msg_3', 'msg_2', 'msg_1'])
      assert.deepEqual(await ids({}, { offset: 1, limit: 2 }), [5, 'msg_4', 'msg_3'])
      assert.deepEqual(await ids({ state: 'delivered' }), [2, 'msg_4', 'msg_2'])
      assert.equal(await deliveries.lastPosition(), 6)
    })

    test('[WH33] what is due longest comes first, then in order, for the webhooks asked for, without what is under way', async () => {
      const stores = await open()
      const { deliveries } = stores
      await deliveries.insert([
        deliveryRecord({ id: 'c', position: 3, lane: '' }),
        deliveryRecord({ id: 'a', position: 1, lane: 'x' }),
        deliveryRecord({ id: 'b', position: 2, lane: '', webhookId: 'wh_2' }),
        deliveryRecord({ id: 'old', position: 7, lane: '', nextAt: NOW - 1 }),
        deliveryRecord({ id: 'later', position: 4, lane: 'z', nextAt: NOW + 5 }),
        deliveryRecord({ id: 'done', position: 5, lane: '', state: 'delivered', nextAt: null }),
        deliveryRecord({ id: 'off', position: 6, lane: '', webhookId: 'wh_3' }),
      ])
      assert.deepEqual(await due(stores), ['old', 'a', 'b', 'c'])
      assert.deepEqual(await due(stores, { limit: 2 }), ['old', 'a'])
      assert.deepEqual(await due(stores, { except: ['a', 'c'] }), ['old', 'b'])
      assert.deepEqual(await due(stores, { webhookIds: [] }), [])
      assert.deepEqual(await due(stores, { now: NOW + 5 }), ['old', 'a', 'b', 'c', 'later'])
      assert.equal(await deliveries.nextAfter(NOW), NOW + 5)
      assert.equal(await deliveries.nextAfter(NOW + 5), undefined)
    })

    test('[WH34] of a lane one goes out at a time, until it has been tried often', async () => {
      const stores = await open()
      const { deliveries } = stores
      const first = deliveryRecord({ id: 'first', position: 1, nextAt: NOW + 60_000, tries: PATIENCE - 1 })
      await deliveries.insert([
        first,
        deliveryRecord({ id: 'second', position: 2 }),
        deliveryRecord({ id: 'third', position: 3 }),
        deliveryRecord({ id: 'same lane of another', position: 4, webhookId: 'wh_2' }),
      ])
      assert.deepEqual(await due(stores), ['same lane of another'])

      await deliveries.update({ ...first, tries: PATIENCE })
      assert.deepEqual(await due(stores), ['second', 'same lane of another'])

      await deliveries.update(deliveryRecord({ id: 'second', position: 2, state: 'failed', nextAt: null }))
      assert.deepEqual(await due(stores), ['third', 'same lane of another'])
    })

    test('[WH35] pending ones are given up except for the newest; what is over is purged in portions', async () => {
      const { deliveries } = await open()
      for (let position = 1; position <= 5; position++)
        await deliveries.insert([deliveryRecord({ id: `msg_${position}`, position })])
      await deliveries.insert([deliveryRecord({ id: 'other', webhookId: 'wh_2', position: 6 })])

      assert.equal(await deliveries.giveUp('wh_1', 5), 0)
      assert.equal(await deliveries.giveUp('wh_1', 2), 3)
      assert.equal((await deliveries.find('wh_1', 'msg_3'))?.state, 'failed')
      assert.equal((await deliveries.find('wh_1', 'msg_4'))?.state, 'pending')

      assert.equal(await deliveries.purge(NOW, 10), 0)
      assert.equal(await deliveries.purge(NOW + 1, 2), 2)
      assert.equal(await deliveries.purge(NOW + 1, 10), 1)
      assert.equal(await deliveries.giveUp('wh_1', 0), 2)
      assert.equal((await deliveries.find('wh_2', 'other'))?.state, 'pending')
    })
  })
}
