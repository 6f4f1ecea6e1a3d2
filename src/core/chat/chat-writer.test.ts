import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chatMessage } from '../../../test/support/chat-store-contract.ts'
import { FakeChatStore } from '../../../test/support/fake-chat-store.ts'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { FakeLogger } from '../../../test/support/fake-logger.ts'
import type { ChatChange } from './chat-store.ts'
import { ChatWriter } from './chat-writer.ts'

const said = (id: string, at: number): ChatChange => ({ type: 'message', message: chatMessage(id, { at }) })

function setUp(maxWaiting?: number) {
  const store = new FakeChatStore()
  const clock = new FakeClock()
  const writer = new ChatWriter({ store, clock, logger: new FakeLogger(), ...(maxWaiting && { maxWaiting }) })
  return { store, clock, writer }
}

describe('the writer', () => {
  test('[CH6] what happens within a second is stored at once', async () => {
    const { store, clock, writer } = setUp()
    for (let n = 0; n < 700; n++) writer.write(said(`m${n}`, n))
    assert.deepEqual(store.batches, [])

    clock.advance(1000)
    await writer.flush()

    assert.deepEqual(store.batches, [500, 200])
  })

  test('[CH7] while the store is down, what was said waits in memory, and is stored when it is back', async () => {
    const { store, clock, writer } = setUp()
    store.failure = new Error('down')
    writer.write(said('m1', 1))
    assert.equal(await writer.flush(), false)
    writer.write(said('m2', 2))
    writer.write({ type: 'message-removed', broadcastId: 'lecture', id: 'm1' })

    store.failure = undefined
    clock.advance(5000)
    await writer.close()

    assert.deepEqual(
      store.messages.map(({ id }) => id),
      ['m2'],
    )
    assert.equal(clock.pending, 0)
  })

  test('[CH8] it holds so many and no more; decisions of moderators are the last to go', async () => {
    const { store, writer } = setUp(3)
    store.failure = new Error('down')
    writer.write({ type: 'message-removed', broadcastId: 'lecture', id: 'old' })
    for (const n of [1, 2, 3, 4]) writer.write(said(`m${n}`, n))

    assert.deepEqual([writer.waiting, writer.dropped], [3, 2])
    store.failure = undefined
    await writer.flush()
    assert.deepEqual(
      store.messages.map(({ id }) => id),
      ['m3', 'm4'],
    )
  })
})
