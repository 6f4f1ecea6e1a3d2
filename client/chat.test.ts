import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { FakeWebSocket } from '../test/support/fake-browser-sockets.ts'
import { FakeBrowser, settle } from '../test/support/fake-browser.ts'
import { type ChatOptions, joinChat } from './chat.ts'
import {
  banFromChat,
  getRecordedChat,
  liftChatSanction,
  listChatSanctions,
  muteInChat,
  removeChatMessage,
  setChatSlowMode,
} from './chat-moderation.ts'

const YOU = { author: 'a', name: 'Ann', role: 'guest', mayModerate: false, guest: 'g-1', mutedUntil: null }
const WELCOME = { type: 'welcome', you: YOU, history: [], reactions: ['👏'], enabled: true, slowMode: 0 }

function setUp(t: TestContext, options: ChatOptions = {}) {
  const browser = new FakeBrowser(t)
  const heard: unknown[] = []
  const hear = (name: string) => (fact: unknown) => void heard.push([name, fact])
  const chat = joinChat('/ws/chat/lecture/', {
    onState: ({ state, problem }) => heard.push(['state', state, ...(problem ? [problem.code] : [])]),
    onWelcome: ({ you }) => heard.push(['welcome', you.name]),
    onMessage: ({ text }) => heard.push(['message', text]),
    onDeleted: hear('deleted'),
    onReaction: hear('reaction'),
    onRoomState: ({ slowMode }) => heard.push(['room', slowMode]),
    onMuted: hear('muted'),
    ...options,
  })
  browser.owns({
    async [Symbol.asyncDispose]() {
      chat.close()
      await settle()
    },
  })
  const last = (): FakeWebSocket => browser.sockets.at(-1)!
  const welcome = async () => {
    await settle()
    last().open()
    last().say(WELCOME)
    await settle()
    return last()
  }
  return { browser, chat, heard, last, welcome }
}

describe('joinChat', () => {
  test('[CH70] it joins with what it was given, and tells all that happens', async (t) => {
    const { heard, welcome, chat } = setUp(t, { token: () => 'tok', guest: 'g-0', name: 'Ann' })
    const socket = await welcome()
    assert.equal(socket.url, 'wss://live.example/ws/chat/lecture/')
    assert.deepEqual(socket.sent, [{ type: 'join', token: 'tok', guest: 'g-0', name: 'Ann' }])

    for (const message of [
      { type: 'message', message: { id: 'm', text: 'hi' } },
      { type: 'reaction', counts: { '👏': 2 } },
      { type: 'state', enabled: true, slowMode: 5 },
      { type: 'muted', until: null },
    ])
      socket.say(message)
    chat.react('👏')

    assert.deepEqual(heard, [
      ['state', 'open'],
      ['welcome', 'Ann'],
      ['message', 'hi'],
      ['reaction', { '👏': 2 }],
      ['room', 5],
      ['muted', null],
    ])
    assert.deepEqual(socket.sentOf('reaction'), [{ type: 'reaction', emoji: '👏' }])
  })

  test('[CH71] what is said is answered with its id, or with why not and when to try again', async (t) => {
    const { chat, welcome } = setUp(t)
    await assert.rejects(chat.say('too early'), { code: 'connection-lost' })
    const socket = await welcome()

    const [said, refused, named] = [chat.say('hi'), chat.say('again'), chat.rename('Bo')]
    const [first, second, third] = socket.sent.slice(1).map((message) => message['ref'])
    socket.say({ type: 'error', code: 'too-many-requests', message: 'wait', retryAfter: 7, ref: second })
    socket.say({ type: 'said', id: 'm1', ref: first })
    socket.say({ type: 'named', name: 'Bo', ref: third })

    assert.equal(await said, 'm1')
    assert.equal(await named, 'Bo')
    await assert.rejects(refused, { code: 'too-many-requests', retryAfter: 7 })
    const lost = chat.say('lost')
    socket.drop()
    await assert.rejects(lost, { code: 'connection-lost' })
  })

  test('[CH72] a lost connection comes back, as the same guest with the newest name', async (t) => {
    const { browser, chat, heard, welcome, last } = setUp(t)
    const socket = await welcome()
    const renamed = chat.rename('Bo')
    socket.say({ type: 'named', name: 'Bo', ref: socket.sent.at(-1)?.['ref'] })
    await renamed

    socket.drop()
    await settle()
    assert.deepEqual(heard.at(-1), ['state', 'reconnecting', 'connection-lost'])
    await browser.pass(1000)
    assert.notEqual(last(), socket)
    last().open()
    assert.deepEqual(last().sent, [{ type: 'join', guest: 'g-1', name: 'Bo' }])
    last().say(WELCOME)
    assert.deepEqual(heard.slice(-2), [
      ['state', 'open'],
      ['welcome', 'Ann'],
    ])
  })

  test('[CH73] who is banned or may not be there is not brought back; who lost a right is asked again', async (t) => {
    const { heard, welcome, chat, browser, last } = setUp(t)
    const socket = await welcome()
    socket.drop(4403)
    await browser.pass(1000)
    assert.notEqual(last(), socket)
    last().open()
    last().say(WELCOME)
    last().say({ type: 'banned' })
    last().drop(4403)

    assert.equal(await chat.closed, 'failed')
    assert.deepEqual(heard.at(-1), ['state', 'failed', 'chat-banned'])
  })

  test('[CH74] moderating is one request each', async (t) => {
    const browser = new FakeBrowser(t)
    browser.answer = () => Response.json({ items: [] })
    await removeChatMessage('b', 'm/1', { key: 'k' })
    await muteInChat('b', { message: 'm', seconds: 60 })
    await banFromChat('b', 'm')
    assert.deepEqual(await listChatSanctions('b'), [])
    await liftChatSanction('b', 's')
    await setChatSlowMode('b', 5)
    await getRecordedChat('r', { from: 1.5 })

    assert.deepEqual(
      browser.requests.map(({ method, url }) => `${method} ${url.replace('https://live.example/api/', '')}`),
      [
        'DELETE broadcasts/b/chat/messages/m%2F1',
        'POST broadcasts/b/chat/mutes',
        'POST broadcasts/b/chat/bans',
        'GET broadcasts/b/chat/sanctions',
        'DELETE broadcasts/b/chat/sanctions/s',
        'PATCH broadcasts/b/chat',
        'GET recordings/r/chat?from=1.5',
      ],
    )
  })
})
