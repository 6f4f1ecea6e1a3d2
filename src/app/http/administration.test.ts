import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordingRecord } from '../../../test/support/recording-record.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

test('[AD17] administrators list recordings of every broadcast, others may not', async () => {
  for (const [open, status] of [
    [true, 200],
    [false, 401],
  ] as const) {
    await using server = await wholeServer({ open })
    const { broadcast } = await server.broadcasts.create({ visibility: 'private' })
    await server.recordingStore.save(
      recordingRecord({ id: 'r', broadcastId: broadcast.id, state: 'ready', truncated: true }),
    )
    const all = await server.fastify.inject('/api/recordings?of=all')
    assert.equal(all.statusCode, status)
    if (open) assert.deepEqual([all.json().total, all.json().items[0].truncated], [1, true])
    const listed = await server.fastify.inject('/api/recordings')
    assert.equal(listed.json().total, 0)
  }
})
