import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ShareStore, ViewerTokenRecord } from '../../src/core/share-store.ts'

const token = (changes: Partial<ViewerTokenRecord> = {}): ViewerTokenRecord => ({
  ...{ id: 'one', broadcastId: 'lecture', name: 'Ann’s "link"', createdBy: null },
  ...{ createdAt: 1_795_000_000_000, expiresAt: 1_795_000_060_000 },
  ...changes,
})

/** What every store of shares does; run on the fake and on the real ones. */
export function describeShareStore(name: string, open: () => Promise<ShareStore>): void {
  describe(name, () => {
    test('[DB20] the tokens of a broadcast are listed newest first, as they were', async () => {
      const store = await open()
      const [old, young] = [token(), token({ id: 'two', createdBy: 'ann', createdAt: 1_795_000_000_001 })]
      for (const each of [old, young, token({ id: 'three', broadcastId: 'other' })])
        await store.addToken(each)

      assert.deepEqual(await store.tokensOf('lecture'), [young, old])
      assert.deepEqual(await store.tokensOf('nothing'), [])
    })

    test('[DB21] a token is removed by its own broadcast only, or once it has expired', async () => {
      const store = await open()
      for (const id of ['one', 'two', 'three'])
        await store.addToken(token({ id, expiresAt: id === 'three' ? 5 : 10 }))

      await store.removeToken('other', 'one')
      await store.removeToken('lecture', 'two')
      await store.removeToken('lecture', 'nobody')
      await store.removeExpired(6)

      assert.deepEqual(
        (await store.tokensOf('lecture')).map(({ id }) => id),
        ['one'],
      )
    })

    test('[DB22] the viewers of a broadcast are those that were set last, each once', async () => {
      const store = await open()
      await store.setViewers('lecture', ['bob', 'ann', 'bob'])
      await store.setViewers('other', ['eve'])
      assert.deepEqual(await store.viewersOf('lecture'), ['ann', 'bob'])

      await store.setViewers('lecture', [])
      assert.deepEqual(await store.viewersOf('lecture'), [])
      assert.deepEqual(await store.viewersOf('other'), ['eve'])
    })

    test('[DB23] a broadcast that is gone leaves nothing behind', async () => {
      const store = await open()
      await store.addToken(token())
      await store.addToken(token({ id: 'two', broadcastId: 'other' }))
      await store.setViewers('lecture', ['ann'])

      await store.removeAllOf('lecture')

      assert.deepEqual([await store.tokensOf('lecture'), await store.viewersOf('lecture')], [[], []])
      assert.equal((await store.tokensOf('other')).length, 1)
    })
  })
}
