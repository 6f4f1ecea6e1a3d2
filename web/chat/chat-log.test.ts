import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChatMessage } from '../../client/index.ts'
import { type ChatChange, type ChatLog, chatLogAfter, EMPTY_LOG, unreadAfter } from './chat-log.ts'

const message = (id: string, author = 'a'): ChatMessage => ({
  ...{ id, author, at: '2026-01-01T00:00:00.000Z', name: author, text: id, role: 'guest' },
})
const you = { author: 'me', name: '', role: 'guest', mayModerate: false, mutedUntil: null } as const
const welcome = (...history: ChatMessage[]): ChatChange => ({
  type: 'welcome',
  welcome: { you, history, reactions: ['👏'], enabled: true, slowMode: 0 },
})
const after = (...changes: ChatChange[]) => changes.reduce<ChatLog>(chatLogAfter, EMPTY_LOG)
const idsOf = ({ messages }: ChatLog) => messages.map(({ id }) => id)

describe('the log of a chat', () => {
  test('[CH80] it grows to a limit, loses what is deleted, and begins anew after a reconnection', () => {
    const many = Array.from(
      { length: 400 },
      (_, n) => ({ type: 'message', message: message(`${n}`) }) as const,
    )
    assert.equal(after(welcome(), ...many).messages.length, 300)

    const log = after(
      welcome(message('1'), message('2', 'b')),
      { type: 'message', message: message('3') },
      { type: 'message', message: message('3') },
      { type: 'deleted', id: '1' },
    )
    assert.deepEqual(idsOf(log), ['2', '3'])
    assert.deepEqual(idsOf(chatLogAfter(log, { type: 'deleted', author: 'b' })), ['3'])
    assert.deepEqual(idsOf(chatLogAfter(log, welcome(message('9')))), ['9'])
  })

  test('[CH80] off shows nothing; name and mute are yours', () => {
    const log = after(welcome(message('1')), { type: 'state', state: { enabled: false, slowMode: 5 } })
    assert.deepEqual([idsOf(log), log.slowMode], [[], 5])

    const changed = after(welcome(), { type: 'named', name: 'Bo' }, { type: 'muted', until: 'then' })
    assert.deepEqual([changed.you?.name, changed.you?.mutedUntil], ['Bo', 'then'])
    assert.equal(after({ type: 'muted', until: 'then' }).you, undefined)
  })

  test('[CH81] what others said since is unread', () => {
    const log = after(welcome(message('1'), message('2', 'b'), message('3', 'me'), message('4', 'b')))

    assert.equal(unreadAfter(log, '1'), 2)
    assert.equal(unreadAfter(log, '4'), 0)
    assert.equal(unreadAfter(log, 'long gone'), 3)
  })
})
