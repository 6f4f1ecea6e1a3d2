import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { broadcastsRig } from '../../../test/support/broadcasts-rig.ts'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { viewingRecord } from '../../../test/support/viewing-record.ts'
import type { WebhookEvent } from './webhook.ts'
import { announceBroadcasts, recordingReady, viewingEvent } from './webhook-events.ts'

async function setUp() {
  const rig = await broadcastsRig()
  const events: WebhookEvent[] = []
  const stop = announceBroadcasts(rig.broadcasts, rig.clock, (event) => events.push(event))
  return { ...rig, events, stop, types: () => events.map(({ type }) => type) }
}

describe('the events of webhooks', () => {
  test('[WH40] a broadcast is told to be created, live, reconnecting, live again and ended, once each', async () => {
    const { broadcasts, clock, events, types, stop } = await setUp()
    const { broadcast } = await broadcasts.create({ id: 'lecture', title: 'A "lecture"' })
    const first = new FakeSession('first', 'whip')
    broadcast.attachPublisher(first)
    broadcast.publisherConnected(first)
    broadcast.edit({ title: 'Renamed' })
    broadcast.tracksChanged(first, [])
    await first.close('failed')
    clock.advance(1000)
    const second = new FakeSession('second', 'whip')
    broadcast.attachPublisher(second)
    broadcast.publisherConnected(second)
    await broadcast.stop('ended')
    broadcast.edit({ title: 'Renamed again' })

    assert.deepEqual(types(), [
      'broadcast.created',
      'broadcast.live',
      'broadcast.reconnecting',
      'broadcast.live',
      'broadcast.ended',
    ])
    assert.ok(events.every(({ lane }) => lane === 'lecture'))
    assert.deepEqual(events.at(-1)?.data, {
      id: 'lecture',
      title: 'Renamed',
      visibility: 'public',
      record: true,
      delivery: 'sfu',
      state: 'ended',
      createdAt: '2030-01-01T00:00:00.000Z',
      startedAt: '2030-01-01T00:00:00.000Z',
      endedAt: '2030-01-01T00:00:01.000Z',
    })
    stop()
    await broadcasts.create({ id: 'another' })
    assert.equal(events.length, 5)
  })

  test('[WH41] what an earlier process told of is not told again when it is only changed', async () => {
    const { store, broadcasts } = await setUp()
    await broadcasts.create({ id: 'lecture' })
    const rig = await broadcastsRig({ store })
    const events: WebhookEvent[] = []
    announceBroadcasts(rig.broadcasts, rig.clock, (event) => events.push(event))
    const broadcast = await rig.broadcasts.get('lecture')
    broadcast.edit({ title: 'New' })
    assert.deepEqual(events, [])
  })

  test('[WH42] no event holds a stream key or its hash, nor the address of who watches', async () => {
    const { broadcasts, events } = await setUp()
    const { broadcast, streamKey } = await broadcasts.create({ id: 'lecture' })
    const viewing = viewingRecord({ revision: 1, endedAt: null })
    const told = JSON.stringify([events, viewingEvent(viewing, 0)])
    for (const secret of [streamKey, broadcast.record.keyHash, viewing.address])
      assert.ok(secret !== '' && !told.includes(secret), secret)
  })

  test('[WH43] a viewing is told of when it begins and when it ends, not in between', () => {
    const types = [
      { revision: 1, endedAt: null },
      { revision: 2, endedAt: null },
      { revision: 3, endedAt: 1_895_000_060_000 },
    ].map((changes) => viewingEvent(viewingRecord({ id: 'v', ...changes }), 5))
    assert.deepEqual(
      types.map((event) => event && [event.type, event.lane, event.at]),
      [['viewing.started', 'v', 5], undefined, ['viewing.ended', 'v', 5]],
    )
  })

  test('[WH44] a recording is told of with its broadcast, length and size', () => {
    const event = recordingReady(
      {
        ...{ id: 'r', broadcastId: 'lecture', title: 'T', startedAt: 0, endedAt: 1000, state: 'ready' },
        ...{ duration: 1, size: 99, truncated: false, codecs: ['avc1.42c01f'] },
      },
      2000,
    )
    assert.deepEqual([event.type, event.lane, event.at], ['recording.ready', 'lecture', 2000])
    assert.deepEqual(event.data, {
      ...{ id: 'r', broadcast: 'lecture', title: 'T', duration: 1, size: 99, truncated: false },
      ...{ codecs: ['avc1.42c01f'], startedAt: '1970-01-01T00:00:00.000Z' },
      endedAt: '1970-01-01T00:00:01.000Z',
    })
  })
})
