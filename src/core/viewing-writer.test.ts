import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeLogger } from '../../test/support/fake-logger.ts'
import { FakeViewingSpool } from '../../test/support/fake-viewing-spool.ts'
import { FakeViewingStore } from '../../test/support/fake-viewing-store.ts'
import { viewingRecord } from '../../test/support/viewing-record.ts'
import { ViewingWriter } from './viewing-writer.ts'

function setUp({ maxWaiting = 10_000 } = {}) {
  const clock = new FakeClock()
  const logger = new FakeLogger()
  const store = new FakeViewingStore()
  const spool = new FakeViewingSpool()
  const writer = new ViewingWriter({ store, spool, clock, logger, maxWaiting })
  const write = (count: number, revision = 1) => {
    for (let index = 0; index < count; index++)
      writer.write(viewingRecord({ id: `viewing-${index}`, revision }))
  }
  return { clock, logger, store, spool, writer, write }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('ViewingWriter', () => {
  test('[WL20] rows are inserted in batches, the newest of each viewing, within a second', async () => {
    const { clock, store, write } = setUp()
    write(1200)
    write(1200, 2)
    assert.equal(store.batches.length, 0)
    clock.advance(1_000)
    await settled()

    assert.deepEqual(
      store.batches.map((batch) => batch.length),
      [500, 500, 200],
    )
    assert.ok(store.batches.flat().every(({ revision }) => revision === 2))
    assert.equal(clock.pending, 0)
  })

  test('[WL21] while the store fails rows wait in the spool, and are there once when it is back', async () => {
    const { clock, logger, store, spool, writer, write } = setUp()
    store.failure = new Error('down')
    write(600)
    await writer.flush()
    assert.equal(spool.rows.length, 600)
    assert.equal(writer.waiting, 0)
    write(700, 2)
    clock.advance(1_000)
    await settled()
    clock.advance(10_000)
    await settled()
    assert.equal(store.records.size, 0)
    assert.equal(logger.lines.filter(({ level }) => level === 'error').length <= 4, true)

    store.failure = undefined
    clock.advance(5_000)
    await settled()

    assert.equal(store.records.size, 700)
    assert.ok(store.rows.every(({ revision }) => revision === 2))
    assert.deepEqual(spool.rows, [])
    assert.equal(writer.dropped, 0)
    assert.equal(clock.pending, 0)
  })

  test('[WL21] a row that is spooled late does not undo a newer one', async () => {
    const { clock, store, spool, writer, write } = setUp()
    store.failure = new Error('down')
    write(1, 1)
    await writer.flush()
    store.failure = undefined
    await store.save([viewingRecord({ id: 'viewing-0', revision: 5, bytes: 5 })])
    clock.advance(5_000)
    await settled()

    assert.equal(store.records.get('viewing-0')?.bytes, 5)
    assert.deepEqual(spool.rows, [])
  })

  test('[WL22] where nothing takes rows memory is bounded, and what is dropped is counted', async () => {
    const { clock, store, spool, writer, write } = setUp({ maxWaiting: 100 })
    store.failure = new Error('down')
    spool.failure = new Error('no space left')
    write(150)
    await settled()
    await writer.flush()
    write(150, 2)
    await settled()

    assert.equal(writer.waiting, 100)
    assert.ok(writer.dropped >= 50)

    store.failure = undefined
    clock.advance(5_000)
    await settled()
    assert.equal(store.records.size, 100)
    assert.ok(store.rows.every(({ revision }) => revision === 2))
  })

  test('[WL23] a store that is slow is relieved by the spool', async () => {
    const { clock, store, spool, writer, write } = setUp({ maxWaiting: 1000 })
    const { promise, resolve } = Promise.withResolvers<void>()
    store.gate = promise
    write(600)
    void writer.flush()
    for (let index = 0; index < 5000; index++) {
      writer.write(viewingRecord({ id: `more-${index}` }))
      if (index % 500 === 0) await settled()
    }

    assert.ok(writer.waiting <= 1000)
    assert.ok(spool.rows.length >= 3000)
    assert.equal(writer.dropped, 0)

    resolve()
    clock.advance(5_000)
    await writer.flush()
    assert.equal(store.records.size, 5600)
    assert.deepEqual(spool.rows, [])
  })

  test('[WL24] closing while the store fails leaves every row in the spool', async () => {
    const { clock, store, spool, writer, write } = setUp()
    store.failure = new Error('down')
    write(700)
    await writer.close()

    assert.equal(spool.rows.length, 700)
    assert.equal(clock.pending, 0)
  })
})
