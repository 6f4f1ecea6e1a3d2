import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WISHES, webhookRig } from '../../../test/support/webhook-rig.ts'
import { MAX_TRIES, retryDelay } from './retry-delay.ts'

const HOUR = 3_600_000

/** Whatever needs no time happens. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

describe('DeliveryQueue', () => {
  test('[WH20] what does not arrive is tried eight times, after 5 s up to 24 h, each with the same id and body', async () => {
    const { webhooks, sender, clock, announce, advance, deliveries } = await webhookRig()
    const { webhook } = await webhooks.create(WISHES)
    sender.status = 500
    announce('broadcast.live')
    await webhooks.idle()
    const begun = clock.now()
    const times: number[] = []
    for (const seconds of [5, 60, 300, 1800, 7200, 28_800, 86_400]) {
      await advance(seconds * 1000 - 1)
      assert.equal(sender.sent.length, times.length + 1, `not before ${seconds} s`)
      await advance(1)
      times.push(sender.sent.at(-1)?.at ?? 0)
    }
    await advance(200 * HOUR)

    assert.equal(sender.sent.length, MAX_TRIES)
    assert.equal(new Set(sender.sent.map(({ id }) => id)).size, 1)
    assert.equal(new Set(sender.sent.map(({ body }) => body)).size, 1)
    assert.deepEqual([...new Set(times)], times, 'each is signed for its own time')
    assert.equal((times.at(-1) ?? 0) - begun, 124_565_000)
    const [record] = deliveries.records.values()
    assert.ok(record === undefined || record.state === 'failed')
    assert.equal(webhooks.get(webhook.id).active, true)
  })

  test('[WH21] receivers that fail together are not asked again together: a fifth more or less', () => {
    assert.equal(retryDelay(1, 0), 4_000)
    assert.equal(retryDelay(1, 1), 6_000)
    assert.equal(retryDelay(7, 0.5), 24 * HOUR)
    assert.equal(retryDelay(MAX_TRIES, 0.5), undefined)
  })

  test('[WH22] events of one broadcast arrive in order, those of others do not wait for them', async () => {
    const { webhooks, sender, announce, advance } = await webhookRig()
    await webhooks.create(WISHES)
    sender.status = 500
    announce('broadcast.live', 'a')
    await webhooks.idle()
    sender.status = 200
    announce('broadcast.ended', 'a')
    announce('broadcast.live', 'b')
    await webhooks.idle()
    assert.deepEqual(sender.types, ['broadcast.live', 'broadcast.live'])

    await advance(5_000)
    assert.deepEqual(sender.types.slice(2), ['broadcast.live', 'broadcast.ended'])
  })

  test('[WH23] an event that never arrives holds up the others of its broadcast for some minutes only', async () => {
    const { webhooks, sender, announce, advance } = await webhookRig()
    await webhooks.create(WISHES)
    sender.status = ({ body }) => (body.includes('"broadcast.live"') ? 400 : 200)
    announce('broadcast.live')
    announce('broadcast.ended')
    await advance(5_000)
    await advance(60_000)
    assert.ok(!sender.types.includes('broadcast.ended'))
    await advance(300_000)
    assert.ok(sender.types.includes('broadcast.ended'))
  })

  test('[WH24] a receiver that hangs is sent four at a time and holds up nobody else', async () => {
    const { webhooks, sender, announce } = await webhookRig()
    await webhooks.create({ ...WISHES, url: 'https://slow.example/' })
    await webhooks.create({ ...WISHES, url: 'https://quick.example/' })
    const release = Promise.withResolvers<undefined>()
    const { send } = sender
    sender.send = (request, signal) => {
      sender.held = request.url.includes('slow') ? release.promise : undefined
      return send.call(sender, request, signal)
    }
    for (let index = 0; index < 50; index++) announce('broadcast.live', `lecture ${index}`)
    const arrived = () => sender.sent.filter(({ url }) => url.includes('quick')).length
    for (let turn = 0; turn < 2000 && arrived() < 50; turn++) await new Promise(setImmediate)

    assert.equal(arrived(), 50)
    assert.equal(sender.most.get('https://slow.example/'), 4)
    release.resolve(undefined)
    await webhooks.idle()
    assert.equal(sender.sent.length, 100)
    assert.equal(sender.most.get('https://slow.example/'), 4)
  })

  test('[WH25] while the database is away events wait in memory, within a bound, and then go out', async () => {
    const { webhooks, sender, announce, advance, deliveries, logger } = await webhookRig()
    await webhooks.create(WISHES)
    deliveries.failure = new Error('down')
    for (let index = 0; index < 110; index++) announce('broadcast.live', `lecture ${index}`)
    await advance(60_000)
    assert.equal(sender.sent.length, 0)
    assert.equal(logger.lines.at(-1)?.message, 'webhooks wait for the database')

    deliveries.failure = undefined
    await advance(5_000)
    assert.equal(sender.sent.length, 100)
    assert.equal(deliveries.records.size, 100)
  })

  test('[WH26] what came of an attempt is stored once the database is back; until then it is not sent again', async () => {
    const { webhooks, sender, announce, clock, deliveries } = await webhookRig()
    await webhooks.create(WISHES)
    const release = Promise.withResolvers<undefined>()
    sender.held = release.promise
    announce('broadcast.live')
    await turns()
    deliveries.failure = new Error('down')
    release.resolve(undefined)
    await turns()
    for (let second = 0; second < 120; second++) {
      clock.advance(1_000)
      await turns(3)
    }
    deliveries.failure = undefined
    clock.advance(5_000)
    await webhooks.idle()

    assert.equal(sender.sent.length, 1)
    const [record] = deliveries.records.values()
    assert.deepEqual([record?.state, record?.attempts.length], ['delivered', 1])
  })

  test('[WH27] closing gives up what is under way, which then is sent after the next start', async () => {
    const { webhooks, sender, announce, reopen, deliveries } = await webhookRig()
    await webhooks.create(WISHES)
    sender.held = new Promise(() => undefined)
    announce('broadcast.live')
    await turns()
    announce('broadcast.ended', 'another')
    await webhooks.close()
    assert.deepEqual(
      [...deliveries.records.values()].map(({ state, tries }) => [state, tries]),
      [
        ['pending', 0],
        ['pending', 0],
      ],
    )

    sender.held = undefined
    const again = await reopen()
    await again.idle()
    assert.deepEqual(
      [...deliveries.records.values()].map(({ state }) => state),
      ['delivered', 'delivered'],
    )
  })
})
