import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StoredStream, StoredStreamStore } from '../../src/core/provision/stored-stream-store.ts'

const stream = (changes: Partial<StoredStream> = {}): StoredStream => ({
  ...{ id: 's1', ownerId: 'anna', name: 'A "name" with ümlauts', path: 'anna/s1' },
  ...{ startDate: 1_795_000_000_000, stopDate: null, endDate: null, provisionedUntil: 1_795_003_600_000 },
  ...changes,
})

/** What every store of streams does; run on the fake and on the real ones. */
export function describeStoredStreamStore(name: string, open: () => Promise<StoredStreamStore>): void {
  describe(name, () => {
    test('[PV60] what was inserted is found as it was, changed, and gone when it is removed', async () => {
      const store = await open()
      await store.insert(stream())
      await store.insert(stream({ id: 's2', ownerId: null, name: '' }))
      assert.deepEqual(await store.find('s1'), stream())
      assert.deepEqual(await store.find('s2'), stream({ id: 's2', ownerId: null, name: '' }))
      assert.equal(await store.find('s3'), undefined)

      const changes = { stopDate: 1_795_000_002_000, endDate: 1_795_000_001_000, provisionedUntil: 1 }
      await store.update('s1', changes)
      await store.update('s3', changes)
      assert.deepEqual(await store.find('s1'), stream(changes))
      assert.equal((await store.find('s2'))?.stopDate, null)

      await store.remove('s1')
      await store.remove('s3')
      assert.equal(await store.find('s1'), undefined)
    })

    test('[PV61] those that run are listed, oldest first', async () => {
      const store = await open()
      await store.insert(stream({ id: 'new', startDate: 3 }))
      await store.insert(stream({ id: 'old', startDate: 1 }))
      await store.insert(stream({ id: 'stopped', stopDate: 2 }))
      await store.insert(stream({ id: 'over', endDate: 2 }))
      assert.deepEqual(
        (await store.running()).map(({ id }) => id),
        ['old', 'new'],
      )
    })
  })
}
