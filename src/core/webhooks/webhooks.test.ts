import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WISHES, webhookRig } from '../../../test/support/webhook-rig.ts'
import type { BroadcastError } from '../errors.ts'

const DAY = 86_400_000
const refused = (code: string) => (error: BroadcastError) => error.code === code

describe('Webhooks', () => {
  test('[WH1] a webhook is told of the events that it wants, once each, with type, time and data', async () => {
    const { webhooks, sender, announce } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    await webhooks.create({ ...WISHES, events: ['recording.ready'] })
    await webhooks.create({ ...WISHES, active: false })

    announce('broadcast.live', 'lecture', { id: 'lecture' })
    announce('viewing.started')
    await webhooks.idle()

    assert.equal(sender.sent.length, 1)
    assert.deepEqual(JSON.parse(sender.sent[0]?.body ?? ''), {
      type: 'broadcast.live',
      timestamp: '2030-01-01T00:00:00.000Z',
      data: { id: 'lecture' },
    })
    assert.equal(sender.sent[0]?.url, WISHES.url)
    assert.equal(webhooks.wants('broadcast.live'), true)
    assert.equal(webhooks.wants('viewing.ended'), false)
    const { records } = await webhooks.deliveries(webhook.id, { offset: 0, limit: 5 })
    assert.deepEqual(
      records.map(({ state, attempts }) => [
        state,
        attempts.map(({ status, response }) => [status, response]),
      ]),
      [['delivered', [[200, 'says 200']]]],
    )
  })

  test('[WH2] the secret is told when a webhook is made and when it changes, and is stored nowhere', async () => {
    const { webhooks, store, sender, announce, advance } = await webhookRig()
    const { webhook, secret } = await webhooks.create(WISHES)
    const changed = await webhooks.changeSecret(webhook.id)

    assert.notEqual(secret, changed.secret)
    const stored = JSON.stringify([...store.records.values()])
    assert.ok(!stored.includes(secret) && !stored.includes(changed.secret))
    announce('broadcast.live')
    await advance(DAY)
    announce('broadcast.ended')
    await webhooks.idle()
    assert.deepEqual(
      sender.sent.map(({ secrets }) => secrets),
      [[changed.secret, secret], [changed.secret]],
      'both for a day',
    )
  })

  test('[WH3] an address that is none, names a user or leads inward is refused', async () => {
    const { webhooks } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    for (const url of [
      'example.org',
      'ftp://example.org/',
      'file:///etc/passwd',
      'https://user:secret@example.org/',
      `https://example.org/${'x'.repeat(2000)}`,
      'https://inward.example/',
    ]) {
      await assert.rejects(webhooks.create({ ...WISHES, url }), refused('bad-request'), url)
      await assert.rejects(webhooks.edit(webhook.id, { url }), refused('bad-request'), url)
    }
    assert.equal(webhooks.list().length, 1)
  })

  test('[WH4] there are at most a hundred', async () => {
    const { webhooks } = await webhookRig()
    await Promise.all(Array.from({ length: 100 }, () => webhooks.create(WISHES)))
    await assert.rejects(webhooks.create(WISHES), refused('bad-request'))
    assert.equal(webhooks.list().length, 100)
  })

  test('[WH5] what is unknown is not found; what was removed is sent nothing', async () => {
    const { webhooks, sender, announce, deliveries } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    assert.throws(() => webhooks.get('wh_x'), refused('webhook-not-found'))
    await assert.rejects(webhooks.resend(webhook.id, 'msg_x'), refused('delivery-not-found'))

    await webhooks.remove(webhook.id)
    await assert.rejects(webhooks.remove(webhook.id), refused('webhook-not-found'))
    announce('broadcast.live')
    await webhooks.idle()
    assert.equal(sender.sent.length, 0)
    assert.equal(deliveries.records.size, 0)
  })

  test('[WH6] turned off it forgets what waits, and turned on it begins anew', async () => {
    const { webhooks, sender, announce, advance } = await webhookRig()
    sender.status = 500
    const { webhook } = await webhooks.create(WISHES)
    announce('broadcast.live')
    await webhooks.idle()
    await webhooks.edit(webhook.id, { active: false })
    await advance(DAY)
    announce('broadcast.live')
    await webhooks.edit(webhook.id, { active: true, description: 'again' })
    sender.status = 200
    announce('broadcast.ended')
    await webhooks.idle()

    assert.deepEqual(sender.types, ['broadcast.live', 'broadcast.ended'])
    const { records } = await webhooks.deliveries(webhook.id, { offset: 0, limit: 5 })
    assert.deepEqual(
      records.map(({ event, state }) => [event, state]),
      [
        ['broadcast.ended', 'delivered'],
        ['broadcast.live', 'failed'],
      ],
    )
    assert.equal(webhooks.get(webhook.id).failingSince, null)
  })

  test('[WH7] a test is sent at once, of a type of its own, and asks for no patience when it fails', async () => {
    const { webhooks, sender } = await webhookRig()
    const { webhook } = await webhooks.create({ ...WISHES, events: [] })
    sender.status = 500
    const delivery = await webhooks.sendTest(webhook.id)
    await webhooks.idle()

    assert.deepEqual(sender.types, ['webhook.test'])
    assert.equal((await webhooks.delivery(webhook.id, delivery.id)).tries, 1)
    assert.equal(webhooks.get(webhook.id).failingSince, null)
    await webhooks.edit(webhook.id, { active: false })
    await assert.rejects(webhooks.sendTest(webhook.id), refused('bad-request'))
  })

  test('[WH8] a delivery can be sent again, whatever became of it: the same id, the same bytes', async () => {
    const { webhooks, sender, announce } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    announce('broadcast.live')
    await webhooks.idle()
    const [first] = sender.sent
    assert.ok(first)

    await webhooks.resend(webhook.id, first.id)
    await webhooks.idle()

    assert.deepEqual(
      sender.sent.map(({ id, body }) => [id, body]),
      [
        [first.id, first.body],
        [first.id, first.body],
      ],
    )
    const { state, attempts } = await webhooks.delivery(webhook.id, first.id)
    assert.deepEqual([state, attempts.length], ['delivered', 2])
    await webhooks.edit(webhook.id, { active: false })
    await assert.rejects(webhooks.resend(webhook.id, first.id), refused('bad-request'))
  })

  test('[WH9] a webhook is turned off with a notice when nothing has arrived for five days, or when it is gone', async () => {
    const { webhooks, sender, announce, advance, turnedOff, logger } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    sender.status = 503
    for (let day = 0; day < 4; day++) {
      announce('broadcast.live', `day ${day}`)
      await advance(DAY)
      assert.equal(webhooks.get(webhook.id).active, true, `day ${day}`)
    }
    announce('broadcast.ended')
    await advance(DAY)
    assert.equal(webhooks.get(webhook.id).active, false)
    assert.match(webhooks.get(webhook.id).notice ?? '', /five days/)
    assert.equal(turnedOff.length, 1)
    assert.ok(logger.lines.some(({ message }) => message === 'webhook turned off'))

    const { webhook: other } = await webhooks.create({ ...WISHES, url: 'https://gone.example/' })
    sender.status = 410
    announce('broadcast.live')
    await advance(1)
    assert.match(webhooks.get(other.id).notice ?? '', /gone/)

    await webhooks.edit(other.id, { active: true })
    assert.equal(webhooks.get(other.id).notice, null)
  })

  test('[WH10] one that gets through in between is not given up', async () => {
    const { webhooks, sender, announce, advance } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    for (let day = 0; day < 12; day++) {
      sender.status = day % 4 === 3 ? 200 : 500
      announce('broadcast.live', `day ${day}`)
      await advance(DAY)
    }
    assert.equal(webhooks.get(webhook.id).active, true)
  })

  test('[WH11] after a restart everything is known, and what has not arrived is sent', async () => {
    const { webhooks, sender, announce, advance, reopen } = await webhookRig()
    const { webhook, secret } = await webhooks.create(WISHES)
    sender.status = 500
    announce('broadcast.live')
    await webhooks.idle()
    await webhooks.close()
    await webhooks.close()

    sender.status = 200
    const again = await reopen()
    announce('broadcast.ended', 'lecture', {}, again)
    await advance(10_000, again)

    assert.deepEqual(sender.types, ['broadcast.live', 'broadcast.live', 'broadcast.ended'])
    assert.deepEqual(sender.sent[1]?.secrets, [secret])
    assert.deepEqual(
      again.list().map(({ id }) => id),
      [webhook.id],
    )
  })

  test('[WH12] the log forgets what is over after a week, and of what waits the oldest beyond 20 000', async () => {
    const { webhooks, deliveries, announce, advance, sender } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    announce('broadcast.live')
    await advance(8 * DAY)
    assert.equal(deliveries.records.size, 0)

    sender.status = 500
    const first = (await webhooks.sendTest(webhook.id)).id
    await webhooks.idle()
    const waiting = deliveries.records.get(first)
    assert.ok(waiting)
    for (let index = 0; index < 20_000; index++)
      deliveries.records.set(`${index}`, {
        ...waiting,
        id: `${index}`,
        position: 10 + index,
        nextAt: (waiting.nextAt ?? 0) + DAY,
      })
    await advance(600_000)
    assert.equal(deliveries.records.get(first)?.state, 'failed')
  })
})
