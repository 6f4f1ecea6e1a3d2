import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BroadcastRecord, BroadcastStore } from '../../src/core/broadcast-store.ts'

const record = (changes: Partial<BroadcastRecord> = {}): BroadcastRecord => ({
  id: 'one',
  ownerId: null,
  title: 'A title with "quotes" and ümlauts',
  visibility: 'public',
  record: true,
  delivery: 'sfu',
  chat: true,
  state: 'created',
  keyHash: 'hash',
  createdAt: 1_795_000_000_000,
  startedAt: null,
  endedAt: null,
  ...changes,
})

/** What every store of broadcasts does; run on the fake and on the real ones. */
export function describeBroadcastStore(
  name: string,
  open: () => Promise<BroadcastStore & Partial<AsyncDisposable>>,
): void {
  describe(name, () => {
    test('[DB1] what was inserted is found as it was', async () => {
      const store = await open()
      const kept = record({ startedAt: 1_795_000_000_001, record: false, chat: false })
      await store.insert(kept)

      assert.deepEqual(await store.find('one'), kept)
      assert.equal(await store.find('two'), undefined)
    })

    test('[DB2] an id is taken once', async () => {
      const store = await open()
      await store.insert(record())

      await assert.rejects(store.insert(record({ title: 'other' })), { code: 'broadcast-exists' })
      assert.equal((await store.find('one'))?.title, record().title)
    })

    test('[DB3] an update changes one row; one that is not there is nothing', async () => {
      const store = await open()
      await store.insert(record())
      await store.insert(record({ id: 'two' }))

      await store.update(record({ state: 'live', startedAt: 5 }))
      await store.update(record({ id: 'nobody' }))

      assert.equal((await store.find('one'))?.state, 'live')
      assert.equal((await store.find('two'))?.state, 'created')
      assert.equal(await store.find('nobody'), undefined)
    })

    test('[DB4] lists are newest first, by state and visibility, in pages, with the total', async () => {
      const store = await open()
      for (let index = 0; index < 5; index++)
        await store.insert(record({ id: `live-${index}`, state: 'live', createdAt: index }))
      await store.insert(record({ id: 'hidden', state: 'live', visibility: 'unlisted', createdAt: 9 }))
      await store.insert(record({ id: 'old', state: 'ended', createdAt: 10 }))

      const page = await store.list({ states: ['live'], visibility: 'public', offset: 1, limit: 2 })

      assert.deepEqual(
        page.records.map(({ id }) => id),
        ['live-3', 'live-2'],
      )
      assert.equal(page.total, 5)
      assert.equal((await store.list({ offset: 0, limit: 100 })).total, 7)
    })

    test('[DB8] a broadcast keeps its owner, by whom lists can be asked', async () => {
      const store = await open()
      await store.insert(record({ ownerId: 'ann' }))
      await store.insert(record({ id: 'two', ownerId: 'bob' }))
      await store.insert(record({ id: 'three' }))

      await store.update(record({ ownerId: 'ann', title: 'renamed' }))
      const { records, total } = await store.list({ ownerId: 'ann', offset: 0, limit: 10 })

      assert.deepEqual(
        records.map(({ id, title }) => [id, title]),
        [['one', 'renamed']],
      )
      assert.equal(total, 1)
    })

    test('[AD16] lists can be asked for a part of id or title, as it is written', async () => {
      const store = await open()
      await store.insert(record({ id: 'Garden-1', title: 'Roses' }))
      await store.insert(record({ id: 'two', title: 'The GARDEN, 100% live' }))
      await store.insert(record({ id: 'three', title: 'Kitchen' }))
      const found = async (text: string) =>
        (await store.list({ text, offset: 0, limit: 10 })).records.map(({ id }) => id).toSorted()

      assert.deepEqual(await found('garden'), ['Garden-1', 'two'])
      assert.deepEqual(await found('0% L'), ['two'])
      assert.deepEqual(await found('g%n'), [])
      assert.deepEqual(await found('r_s'), [])
      assert.equal((await store.list({ text: 'garden', offset: 0, limit: 1 })).total, 2)
    })

    test('[DB5] what a crash left live is ended', async () => {
      const store = await open()
      await store.insert(record({ id: 'a', state: 'live' }))
      await store.insert(record({ id: 'b', state: 'reconnecting' }))
      await store.insert(record({ id: 'c', state: 'created' }))

      assert.equal(await store.endInterrupted(77), 2)

      assert.deepEqual(await store.find('a'), record({ id: 'a', state: 'ended', endedAt: 77 }))
      assert.equal((await store.find('c'))?.state, 'created')
    })

    test('[DB6] what was removed is gone, and its id is free', async () => {
      const store = await open()
      await store.insert(record())
      await store.remove('one')

      assert.equal(await store.find('one'), undefined)
      await store.insert(record())
    })
  })
}
