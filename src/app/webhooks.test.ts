import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeRecordingStore } from '../../test/support/fake-recording-store.ts'
import { viewingRecord } from '../../test/support/viewing-record.ts'
import type { RecordingRecord } from '../core/recording/recording-store.ts'
import type { WebhookEvent, WebhookEventType } from '../core/webhooks/webhook.ts'
import { announcedViewings, announcingRecordings } from './webhooks.ts'

function setUp(wanted: readonly WebhookEventType[]) {
  const events: WebhookEvent[] = []
  const webhooks = {
    wants: (type: WebhookEventType) => wanted.includes(type),
    announce: (event: WebhookEvent) => events.push(event),
  }
  return { events, webhooks, clock: new FakeClock() }
}

const recording: RecordingRecord = {
  ...{ id: 'r', broadcastId: 'b', title: '', startedAt: 0, endedAt: null, state: 'recording' },
  ...{ duration: 0, size: 0, truncated: false, codecs: [] },
}

test('[WH45] a recording is told of once, when it becomes ready, and not while the database is away', async () => {
  const { events, webhooks, clock } = setUp(['recording.ready'])
  const kept = new FakeRecordingStore()
  const store = announcingRecordings(kept, webhooks, clock)
  await store.save(recording)
  kept.failure = new Error('down')
  await assert.rejects(store.save({ ...recording, state: 'ready', endedAt: 1 }))
  assert.deepEqual(events, [])

  kept.failure = undefined
  await store.save({ ...recording, state: 'ready', endedAt: 1 })
  await store.save({ ...recording, state: 'ready', endedAt: 1, title: 'Renamed' })
  assert.deepEqual(
    events.map(({ type, lane }) => [type, lane]),
    [['recording.ready', 'b']],
  )
  assert.equal((await store.find('r'))?.title, 'Renamed')
  assert.equal((await store.list({ offset: 0, limit: 1 })).total, 1)
  await store.remove('r')
  assert.equal(await store.find('r'), undefined)
})

test('[WH46] viewings are told of only where a webhook wants them', () => {
  const begun = viewingRecord({ revision: 1, endedAt: null })
  const unwanted = setUp(['broadcast.live'])
  announcedViewings(unwanted.webhooks, unwanted.clock)(begun)
  assert.deepEqual(unwanted.events, [])

  const { events, webhooks, clock } = setUp(['viewing.ended'])
  const written = announcedViewings(webhooks, clock)
  written({ ...begun, revision: 2 })
  written({ ...begun, revision: 3, endedAt: 5 })
  assert.deepEqual(
    events.map(({ type }) => type),
    ['viewing.ended'],
  )
})
