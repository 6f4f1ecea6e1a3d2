import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ViewingFilter, ViewingRecord, ViewingStore } from '../../src/core/viewing-store.ts'
import { viewingRecord } from './viewing-record.ts'

/** What every store of the watch log does; run on the fake and on the real ones. */
export function describeViewingStore(name: string, open: () => Promise<ViewingStore>): void {
  const all = { offset: 0, limit: 100 }
  const idsOf = (records: readonly ViewingRecord[]) => records.map(({ id }) => id)

  describe(name, () => {
    test('[WL30] what was saved is found as it was, and replaced by higher revisions only', async () => {
      const store = await open()
      const first = viewingRecord({ userId: 'anna', authenticated: true, endedAt: null })
      await store.save([first, viewingRecord({ id: 'other' })])
      assert.deepEqual((await store.list({ authenticated: true }, all)).records, [first])

      const newer = {
        ...first,
        revision: 3,
        endedAt: 9,
        seenAt: 9,
        bytes: 5_000_000_000,
        secondsWatched: 8.25,
      }
      await store.save([newer])
      await store.save([{ ...first, revision: 2, bytes: 7 }])
      await store.save([{ ...newer, bytes: 8 }])

      assert.deepEqual((await store.list({ authenticated: true }, all)).records, [newer])
      await store.save([])
    })

    test('[WL31] one batch may hold a viewing more than once', async () => {
      const store = await open()
      const [old, newest] = [viewingRecord({ revision: 1 }), viewingRecord({ revision: 4, bytes: 99 })]
      await store.save([old, newest, old])

      assert.deepEqual((await store.list({}, all)).records, [newest])
    })

    test('[WL32] lists are newest first, in pages, with the total', async () => {
      const store = await open()
      await store.save(['a', 'b', 'c', 'd'].map((id, index) => viewingRecord({ id, startedAt: index })))
      await store.save([viewingRecord({ id: 'e', startedAt: 3 })])

      const { records, total } = await store.list({}, { offset: 1, limit: 3 })

      assert.deepEqual(idsOf(records), ['d', 'c', 'b'])
      assert.equal(total, 5)
    })

    test('[WL33] lists are filtered, and nothing in a text is a wildcard', async () => {
      const store = await open()
      await store.save([
        viewingRecord({
          id: 'a',
          startedAt: 10,
          subject: { kind: 'broadcast', id: 'x', title: 'Über 100% Live' },
        }),
        viewingRecord({
          id: 'b',
          startedAt: 20,
          subject: { kind: 'file', id: 'x', title: '' },
          protocol: 'range',
        }),
        viewingRecord({
          id: 'c',
          startedAt: 30,
          userId: 'Anna_B',
          authenticated: true,
          address: '203.0.113.9',
        }),
      ])
      const cases: [ViewingFilter, string[]][] = [
        [{ authenticated: true }, ['c']],
        [{ authenticated: false }, ['b', 'a']],
        [{ from: 20 }, ['c', 'b']],
        [{ to: 20 }, ['a']],
        [{ broadcastId: 'x' }, ['a']],
        [{ userId: 'Anna_B' }, ['c']],
        [{ userId: 'Anna' }, []],
        [{ text: '' }, ['c', 'b', 'a']],
        [{ text: '0% liVE' }, ['a']],
        [{ text: 'ÜBER' }, ['a']],
        [{ text: 'uber' }, ['a']],
        [{ text: 'anna_b' }, ['c']],
        [{ text: '_' }, ['c']],
        [{ text: '%' }, ['a']],
        [{ text: '\\' }, []],
        [{ text: "' or 1=1 --" }, []],
        [{ text: '203.0' }, ['c']],
        [{ text: 'range' }, ['b']],
        [{ text: 'x', from: 15 }, ['b']],
      ]
      for (const [filter, expected] of cases) {
        const { records, total } = await store.list(filter, all)
        assert.deepEqual(idsOf(records), expected, JSON.stringify(filter))
        assert.equal(total, expected.length)
        assert.deepEqual(idsOf(await store.next(filter, { limit: 100 })), expected)
      }
    })

    test('[WL34] reading on gives every row once', async () => {
      const store = await open()
      const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
      await store.save(ids.map((id, index) => viewingRecord({ id, startedAt: Math.floor(index / 3) })))

      const found: string[] = []
      let after: ViewingRecord | undefined
      do {
        const records = await store.next({}, { ...(after && { after }), limit: 2 })
        found.push(...idsOf(records))
        after = records.at(-1)
      } while (after)

      assert.deepEqual(found, ['g', 'f', 'e', 'd', 'c', 'b', 'a'])
    })

    test('[WL35] the times of a broadcast are those that overlap', async () => {
      const store = await open()
      await store.save([
        viewingRecord({ id: 'before', startedAt: 1, endedAt: 10 }),
        viewingRecord({ id: 'a', startedAt: 5, endedAt: 11, seenAt: 11 }),
        viewingRecord({ id: 'b', startedAt: 15, endedAt: null, seenAt: 16 }),
        viewingRecord({ id: 'c', startedAt: 19, endedAt: 40 }),
        viewingRecord({ id: 'later', startedAt: 20, endedAt: 40 }),
        viewingRecord({ id: 'd', startedAt: 15, subject: { kind: 'broadcast', id: 'other', title: '' } }),
        viewingRecord({ id: 'e', startedAt: 15, subject: { kind: 'file', id: 'lecture', title: '' } }),
      ])

      const first = await store.timesOf('lecture', { from: 10, to: 20 }, { limit: 2 })
      const second = await store.timesOf('lecture', { from: 10, to: 20 }, { afterId: 'b', limit: 2 })

      assert.deepEqual(first, [
        { id: 'a', startedAt: 5, seenAt: 11, endedAt: 11 },
        { id: 'b', startedAt: 15, seenAt: 16, endedAt: null },
      ])
      assert.deepEqual(
        second.map(({ id }) => id),
        ['c'],
      )
    })

    test('[WL36] what is open and has shown no life since is ended', async () => {
      const store = await open()
      await store.save([
        viewingRecord({ id: 'crashed', startedAt: 1, seenAt: 9, endedAt: null }),
        viewingRecord({ id: 'mine', startedAt: 1, seenAt: 10, endedAt: null }),
        viewingRecord({ id: 'over', startedAt: 1, seenAt: 5, endedAt: 4 }),
      ])

      assert.equal(await store.endInterrupted(10), 1)

      const ends = (await store.list({}, all)).records.map(({ id, endedAt }) => [id, endedAt])
      assert.deepEqual(ends, [
        ['over', 4],
        ['mine', null],
        ['crashed', 9],
      ])
    })

    test('[WL37] older addresses become their network, and stay so', async () => {
      const store = await open()
      const open4 = viewingRecord({ id: 'a', startedAt: 1, address: '203.0.113.77', endedAt: null })
      await store.save([open4, viewingRecord({ id: 'b', startedAt: 2, address: '2001:db8:1:2::3' })])
      await store.save([viewingRecord({ id: 'c', startedAt: 3, address: '203.0.113.78' })])
      await store.save([viewingRecord({ id: 'd', startedAt: 1, address: '' })])

      assert.equal(await store.truncateAddresses(3, 1), 1)
      assert.equal(await store.truncateAddresses(3, 5), 1)
      assert.equal(await store.truncateAddresses(3, 5), 0)
      await store.save([{ ...open4, revision: 2 }])

      const addresses = (await store.list({}, all)).records.map(({ address }) => address)
      assert.deepEqual(addresses, ['203.0.113.78', '2001:db8:1::/48', '', '203.0.113.0/24'])
    })

    test('[WL38] older rows that are over are removed', async () => {
      const store = await open()
      await store.save([
        viewingRecord({ id: 'a', startedAt: 1 }),
        viewingRecord({ id: 'b', startedAt: 2 }),
        viewingRecord({ id: 'open', startedAt: 1, endedAt: null }),
        viewingRecord({ id: 'c', startedAt: 3 }),
      ])

      assert.equal(await store.purge(3, 1), 1)
      assert.equal(await store.purge(3, 5), 1)

      assert.deepEqual(idsOf((await store.list({}, all)).records), ['c', 'open'])
    })

    test('[WL39] a user is forgotten, a portion at a time: by account, address and search, whatever is saved later', async () => {
      const store = await open()
      const annas = { userId: 'Anna_%', authenticated: true, address: '203.0.113.77' }
      const first = viewingRecord({ ...annas, id: 'a', startedAt: 1, endedAt: null })
      await store.save([
        first,
        viewingRecord({ ...annas, id: 'b', startedAt: 2 }),
        viewingRecord({ ...annas, id: 'c', startedAt: 3, userId: 'Anna_B' }),
      ])

      assert.equal(await store.forgetUser('Anna_%', 1), 1)
      assert.equal(await store.forgetUser('Anna_%', 5), 1)
      assert.equal(await store.forgetUser('Anna_%', 5), 0)
      await store.save([{ ...first, revision: 2, bytes: 9 }])

      const { records } = await store.list({}, all)
      assert.deepEqual(
        records.map(({ id, userId, address }) => [id, userId, address]),
        [
          ['c', 'Anna_B', '203.0.113.77'],
          ['b', null, ''],
          ['a', null, ''],
        ],
      )
      assert.equal(records[2]?.bytes, 9)
      assert.deepEqual(idsOf((await store.list({ text: 'anna' }, all)).records), ['c'])
      assert.deepEqual(idsOf((await store.list({ authenticated: true }, all)).records), ['c', 'b', 'a'])
    })
  })
}
