import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type {
  ChatChange,
  ChatMessage,
  ChatSanction,
  ChatStore,
  ReactionBurst,
} from '../../src/core/chat/chat-store.ts'

const START = 1_795_000_000_000

/** A message as `chat_message` has it. */
export function chatMessage(id: string, changes: Partial<ChatMessage> = {}): ChatMessage {
  return {
    ...{ id, broadcastId: 'lecture', at: START, name: 'Ann', text: 'Hi "all" 👋', role: 'guest' },
    ...{ author: 'a1', address: 'd1', personId: null },
    ...changes,
  }
}

const burst = (id: string, changes: Partial<ReactionBurst> = {}): ReactionBurst => ({
  ...{ id, broadcastId: 'lecture', at: START, counts: { '❤️': 3, '👏': 1 } },
  ...changes,
})
const sanction = (id: string, changes: Partial<ChatSanction> = {}): ChatSanction => ({
  ...{ id, broadcastId: 'lecture', kind: 'mute', author: 'a1', address: null, name: 'Ann' },
  ...{ createdAt: START, until: START + 1000, createdBy: null },
  ...changes,
})
const said = (...messages: ChatMessage[]): ChatChange[] =>
  messages.map((message) => ({ type: 'message', message }))
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

/** What every store of chats does; run on the fake and on the real ones. */
export function describeChatStore(name: string, open: () => Promise<ChatStore>): void {
  describe(name, () => {
    test('[CH1] what was said is found as it was, newest first, in pages', async () => {
      const store = await open()
      const messages = [1, 2, 3, 4].map((n) => chatMessage(`m${n}`, { at: START + n }))
      const account = chatMessage('m5', { at: START + 5, role: 'member', personId: 'p', address: null })
      await store.save(said(...messages, account, chatMessage('x', { broadcastId: 'other' })))

      assert.deepEqual(await store.find('lecture', 'm5'), account)
      assert.equal(await store.find('other', 'm5'), undefined)
      assert.deepEqual(idsOf(await store.latest('lecture', { limit: 2 })), ['m5', 'm4'])
      assert.deepEqual(idsOf(await store.latest('lecture', { before: START + 4, limit: 9 })), [
        'm3',
        'm2',
        'm1',
      ])
      assert.deepEqual(await store.latest('nothing', { limit: 2 }), [])
    })

    test('[CH2] a stretch of time has its messages and reactions, oldest first', async () => {
      const store = await open()
      const bursts = [1, 2, 3].map((n) => burst(`b${n}`, { at: START + n }))
      await store.save([
        ...[1, 2, 3].flatMap((n) => said(chatMessage(`m${n}`, { at: START + n }))),
        ...bursts.map((one) => ({ type: 'burst', burst: one }) as const),
        { type: 'burst', burst: burst('other', { broadcastId: 'other', at: START + 1 }) },
      ])

      const found = await store.between('lecture', { from: START + 1, to: START + 3, limit: 9 })
      assert.deepEqual(idsOf(found.messages), ['m1', 'm2'])
      assert.deepEqual(found.bursts, bursts.slice(0, 2))
      const first = await store.between('lecture', { from: START, to: START + 9, limit: 1 })
      assert.deepEqual([idsOf(first.messages), idsOf(first.bursts)], [['m1'], ['b1']])
    })

    test('[CH3] what is saved twice is there once, and what is removed is gone', async () => {
      const store = await open()
      const changes: ChatChange[] = [
        ...said(chatMessage('m1'), chatMessage('m2', { at: START + 1, author: 'a2' })),
        ...said(chatMessage('m3', { at: START + 2, author: 'a3' })),
        { type: 'sanction', sanction: sanction('s1') },
        { type: 'message-removed', broadcastId: 'lecture', id: 'm1' },
        { type: 'author-removed', broadcastId: 'lecture', author: 'a2' },
        { type: 'message-removed', broadcastId: 'other', id: 'm3' },
      ]

      await store.save(changes)
      await store.save(changes)
      await store.save([])

      assert.deepEqual(idsOf(await store.latest('lecture', { limit: 9 })), ['m3'])
      assert.deepEqual(idsOf((await store.rulesOf('lecture')).sanctions), ['s1'])
    })

    test('[CH4] slow mode and sanctions are kept as they were last', async () => {
      const store = await open()
      const ban = sanction('s2', {
        ...{ kind: 'ban', address: 'd1', until: null, createdBy: 'p', createdAt: START + 1 },
      })
      assert.deepEqual(await store.rulesOf('lecture'), { slowMode: 0, sanctions: [] })

      await store.save([
        { type: 'slow-mode', broadcastId: 'lecture', seconds: 5 },
        { type: 'sanction', sanction: sanction('s1') },
        { type: 'sanction', sanction: ban },
        { type: 'slow-mode', broadcastId: 'lecture', seconds: 30 },
      ])
      assert.deepEqual(await store.rulesOf('lecture'), {
        slowMode: 30,
        sanctions: [sanction('s1'), ban],
      })

      await store.save([{ type: 'sanction-removed', broadcastId: 'lecture', id: 's1' }])
      assert.deepEqual((await store.rulesOf('lecture')).sanctions, [ban])
    })

    test('[CH5] a broadcast that is gone leaves nothing behind', async () => {
      const store = await open()
      await store.save([
        ...said(chatMessage('m1'), chatMessage('m2', { broadcastId: 'other' })),
        { type: 'burst', burst: burst('b1') },
        { type: 'sanction', sanction: sanction('s1') },
        { type: 'slow-mode', broadcastId: 'lecture', seconds: 5 },
        { type: 'broadcast-removed', broadcastId: 'lecture' },
      ])

      assert.deepEqual(await store.latest('lecture', { limit: 9 }), [])
      assert.deepEqual(await store.rulesOf('lecture'), { slowMode: 0, sanctions: [] })
      const { bursts } = await store.between('lecture', { from: 0, to: START * 2, limit: 9 })
      assert.deepEqual(bursts, [])
      assert.equal((await store.latest('other', { limit: 9 })).length, 1)
    })
  })
}
