import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BroadcastStore, Visibility } from '../../src/core/broadcast-store.ts'
import type { RecordingRecord, RecordingStore } from '../../src/core/recording/recording-store.ts'

const record = (changes: Partial<RecordingRecord> = {}): RecordingRecord => ({
  id: 'r1',
  broadcastId: 'b1',
  title: 'A title with "quotes" and ümlauts',
  startedAt: 1_795_000_000_000,
  endedAt: 1_795_000_100_000,
  state: 'ready',
  duration: 99.967,
  size: 12_345_678_901,
  truncated: false,
  codecs: ['avc1.42c01f', 'opus'],
  ...changes,
})

type Stores = { recordings: RecordingStore; broadcasts: BroadcastStore }

async function addBroadcast(
  { broadcasts }: Stores,
  id: string,
  visibility: Visibility,
  ownerId: string | null = null,
): Promise<void> {
  await broadcasts.insert({
    ...{
      id,
      visibility,
      ownerId,
      title: '',
      record: true,
      delivery: 'sfu',
      chat: true,
      state: 'ended',
      keyHash: 'h',
    },
    ...{ createdAt: 1, startedAt: null, endedAt: null },
  })
}

/** What every store of recordings does; run on the fake and on the real ones. */
export function describeRecordingStore(name: string, open: () => Promise<Stores>): void {
  describe(name, () => {
    test('[RC1] what was saved is found as it was, and saving again overwrites it', async () => {
      const { recordings } = await open()
      const kept = record({ state: 'recording', endedAt: null, codecs: [], duration: 0 })
      await recordings.save(kept)
      assert.deepEqual(await recordings.find('r1'), kept)
      assert.equal(await recordings.find('r2'), undefined)

      await recordings.save(record({ truncated: true }))
      assert.deepEqual(await recordings.find('r1'), record({ truncated: true }))
    })

    test('[RC2] lists are newest first, by broadcast, state and visibility, in pages, with the total', async () => {
      const stores = await open()
      const { recordings } = stores
      await addBroadcast(stores, 'b1', 'public')
      await addBroadcast(stores, 'b2', 'private', 'ann')
      for (let index = 0; index < 5; index++)
        await recordings.save(record({ id: `r${index}`, startedAt: index }))
      await recordings.save(record({ id: 'hidden', broadcastId: 'b2', startedAt: 9 }))
      await recordings.save(record({ id: 'now', state: 'recording', startedAt: 10 }))

      const page = await recordings.list({ visibility: 'public', states: ['ready'], offset: 1, limit: 2 })
      assert.deepEqual(
        page.records.map(({ id }) => id),
        ['r3', 'r2'],
      )
      assert.equal(page.total, 5)
      assert.equal((await recordings.list({ broadcastId: 'b1', offset: 0, limit: 9 })).total, 6)
      assert.equal((await recordings.list({ offset: 0, limit: 1 })).total, 7)
      const own = await recordings.list({ ownerId: 'ann', offset: 0, limit: 9 })
      assert.deepEqual(
        own.records.map(({ id }) => id),
        ['hidden'],
      )
    })

    test('[RC3] what was removed is gone', async () => {
      const { recordings } = await open()
      await recordings.save(record())
      await recordings.remove('r1')
      await recordings.remove('r1')

      assert.equal(await recordings.find('r1'), undefined)
    })
  })
}
