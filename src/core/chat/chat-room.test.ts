import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chatRig, FakeChatListener } from '../../../test/support/chat-rig.ts'
import { chatMessage } from '../../../test/support/chat-store-contract.ts'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { authorOf, type ChatAuthor, guestName } from './chat-author.ts'
import type { ChatRoom } from './chat-room.ts'

async function setUp() {
  const rig = await chatRig()
  const room = await rig.rooms.open(rig.broadcast)
  const join = (author: ChatAuthor) => {
    const listener = new FakeChatListener(author)
    const leave = room.join(listener)
    return Object.assign(listener, { leave })
  }
  return { ...rig, room, join }
}

const person = (id: string, name: string) => ({ id, name, role: 'viewer' }) as const
const refusal = (code: string) => ({ name: 'BroadcastError', code })
const texts = (room: ChatRoom) => room.history.map(({ text }) => text)

describe('who speaks', () => {
  test('[CH13] a guest chooses a name, which is cleaned; one that imitates is none', async () => {
    const { author } = await setUp()

    assert.equal(guestName(' An\u202ena '), 'Anna')
    assert.throws(() => guestName('M0derator'), refusal('bad-request'))
    assert.throws(() => guestName('\u200b'), refusal('bad-request'))
    assert.equal(author({ name: 'Admin' }).name, '')
  })

  test('[CH14] an account has its own name, unless that imitates; who runs the broadcast may be called so', async () => {
    const { author } = await setUp()

    assert.deepEqual(
      [
        author({ person: person('p', 'Bea'), name: 'Somebody' }),
        author({ person: person('p', 'Moderator') }),
        author({ person: person('p', 'Moderator'), isHost: true }),
        author({ isHost: true, name: '' }),
      ].map(({ name, role }) => `${role} ${name}`),
      ['member Bea', 'member Member', 'host Moderator', 'host Host'],
    )
  })

  test('[CH15] a guest can not take the name of an account or of who runs the broadcast', async () => {
    const { room, join, author } = await setUp()
    join(author({ person: person('p', 'Bea Miller') }))
    room.say(author({ isHost: true, name: 'Carla' }), 'welcome')

    assert.ok(room.isTaken('bea mi11er'))
    assert.ok(room.isTaken('Cаrla'))
    assert.ok(!room.isTaken('Bea'))
  })

  test('[CH16] whoever speaks is known by a keyed hash of each broadcast, never by their address', async () => {
    const { author, hash } = await setUp()
    const one = author({ address: '2001:db8::1' })

    assert.equal(one.author, hash('lecture guest g1'))
    assert.equal(one.address, author({ address: '2001:db8::2', guest: 'g2' }).address)
    const newcomer = { isHost: false, person: undefined, guest: 'g1', name: 'A', address: '2001:db8::1' }
    assert.notEqual(authorOf('other', newcomer, { hash, open: false }).address, one.address)
    assert.equal(authorOf('lecture', newcomer, { hash, open: true }).address, null)
  })
})

describe('talking', () => {
  test('[CH20] a message is told to everybody in the room, with a time that only grows', async () => {
    const { room, join, author } = await setUp()
    const [ann, bob] = [join(author()), join(author({ guest: 'g2', name: 'Bob' }))]
    ann.leave()

    const first = room.say(author(), ' Hi\n<b>all</b> ')
    const second = room.say(author(), 'again')

    assert.equal(first.text, 'Hi <b>all</b>')
    assert.ok(second.at > first.at)
    assert.deepEqual(
      bob.of('message').map(({ message }) => message),
      [first, second],
    )
    assert.deepEqual(ann.heard, [])
  })

  test('[CH21] a message has 1 to 500 characters, and its author a name', async () => {
    const { room, author } = await setUp()

    assert.equal(room.say(author(), '😀'.repeat(500)).text.length, 1000)
    assert.throws(() => room.say(author(), 'x'.repeat(501)), refusal('bad-request'))
    assert.throws(() => room.say(author(), ' \u200b '), refusal('bad-request'))
    assert.throws(() => room.say(author({ name: '' }), 'hi'), refusal('bad-request'))
  })

  test('[CH22] whoever joins sees the last 100 messages, also those before a restart', async () => {
    const rig = await chatRig()
    rig.store.messages = Array.from({ length: 99 }, (_, n) =>
      chatMessage(`m${n}`, { at: n + 1, text: `text ${n}` }),
    )
    const room = await rig.rooms.open(rig.broadcast)

    room.say(rig.author(), 'one')
    room.say(rig.author(), 'two')

    assert.equal(room.history.length, 100)
    assert.deepEqual(texts(room).slice(0, 2), ['text 1', 'text 2'])
    assert.deepEqual(texts(room).slice(-2), ['one', 'two'])
  })

  test('[CH23] reactions are counted and told once a second, and only known ones', async () => {
    const { room, join, author, clock, store, rooms } = await setUp()
    const ann = join(author())

    for (let n = 0; n < 30; n++) room.react(author(), '👏')
    room.react(author({ guest: 'g2' }), '❤️')
    assert.throws(() => room.react(author(), '<script>'), refusal('bad-request'))
    assert.deepEqual(ann.of('reaction'), [])
    clock.advance(1000)

    assert.deepEqual(ann.of('reaction'), [{ type: 'reaction', counts: { '👏': 10, '❤️': 1 } }])
    await rooms.latest('lecture', { limit: 1 })
    assert.deepEqual(
      store.bursts.map(({ counts }) => counts),
      [{ '👏': 10, '❤️': 1 }],
    )
  })

  test('[CH24] one person may say so much, and one address, and all together', async () => {
    const { room, author, clock } = await setUp()
    const speak = (guest: string, address = '192.0.2.1') => room.say(author({ guest, address }), 'hi')

    for (let n = 0; n < 5; n++) speak('g1')
    assert.throws(() => speak('g1'), { ...refusal('too-many-requests'), retryAfter: 2 })
    clock.advance(2000)
    speak('g1')
    clock.advance(60_000)

    for (let n = 0; n < 40; n++) {
      speak(`one ${n}`)
      clock.advance(1)
    }
    assert.throws(() => speak('another'), /your network/)
    speak('another', '198.51.100.1')
    room.say(author({ isHost: true }), 'whoever runs it always may')
  })

  test('[CH25] the more there are in a room, the less is said, for each message goes to all', async () => {
    const { room, author, join, clock } = await setUp()
    for (let n = 0; n < 5000; n++) join(author({ guest: `l${n}` }))
    const speak = (n: number) => room.say(author({ guest: `s${n}`, address: `198.51.${n}.1` }), 'hi')

    for (let n = 0; n < 20; n++) speak(n)
    assert.throws(() => speak(20), /many speak at once/)
    clock.advance(1000)
    for (let n = 20; n < 24; n++) speak(n)
    assert.throws(() => speak(24), refusal('too-many-requests'))
  })

  test('[CH26] in slow mode there are so many seconds between two messages, also for a new guest', async () => {
    const { room, author, join, clock } = await setUp()
    const listener = join(author())
    room.say(author(), 'before')

    room.setSlowMode(10)
    assert.deepEqual(listener.of('state'), [{ type: 'state', enabled: true, slowMode: 10 }])
    assert.throws(() => room.say(author(), 'too soon'), { ...refusal('too-many-requests'), retryAfter: 10 })
    join(author({ guest: 'new' }))
    assert.throws(() => room.say(author({ guest: 'new' }), 'too soon'), refusal('too-many-requests'))
    room.say(author({ isHost: true }), 'the host may')
    clock.advance(10_000)
    room.say(author(), 'now')
    room.say(author({ guest: 'new' }), 'now')
  })

  test('[CH27] where the chat is off nobody speaks and nothing is shown, until it is on again', async () => {
    const { room, author, join, broadcast } = await setUp()
    const listener = join(author())
    room.say(author(), 'before')

    broadcast.edit({ chat: false })
    assert.deepEqual(listener.of('state').at(-1), { type: 'state', enabled: false, slowMode: 0 })
    assert.throws(() => room.say(author({ isHost: true }), 'hi'), refusal('chat-off'))
    assert.throws(() => room.react(author(), '👏'), refusal('chat-off'))
    assert.deepEqual(room.history, [])

    broadcast.edit({ chat: true })
    assert.equal(listener.of('state').at(-1)?.enabled, true)
    assert.deepEqual(texts(room), ['before'])
  })

  test('[CH28] half an hour after its end a broadcast is no longer talked about', async () => {
    const { room, author, broadcast, clock } = await setUp()
    const session = new FakeSession('s')
    broadcast.attachPublisher(session)
    broadcast.publisherConnected(session)
    await broadcast.stop()

    room.say(author(), 'thank you')
    clock.advance(31 * 60_000)
    assert.throws(() => room.say(author(), 'spam'), refusal('broadcast-ended'))
  })
})

describe('moderating', () => {
  test('[CH30] a message that is deleted is gone for everybody, now and later', async () => {
    const { room, rooms, author, join, store } = await setUp()
    const listener = join(author())
    const { id } = room.say(author(), 'wrong')

    room.remove(id)

    assert.deepEqual(listener.of('deleted'), [{ type: 'deleted', id }])
    assert.deepEqual(room.history, [])
    assert.deepEqual(await rooms.latest('lecture', { limit: 9 }), [])
    assert.deepEqual(store.messages, [])
  })

  test('[CH31] who is muted hears so, may not speak or react for that time, and others may', async () => {
    const { room, author, join, clock } = await setUp()
    const [ann, bob] = [join(author()), join(author({ guest: 'g2' }))]
    const message = room.say(author(), 'rude')

    const { until } = room.mute(message, { seconds: 60, by: null })

    assert.deepEqual(ann.of('muted'), [{ type: 'muted', until: clock.now() + 60_000 }])
    assert.equal(room.mutedUntil(author()), until)
    assert.deepEqual(bob.of('muted'), [])
    assert.throws(() => room.say(author(), 'ruder'), { ...refusal('chat-muted'), retryAfter: 60 })
    assert.throws(() => room.react(author(), '👏'), refusal('chat-muted'))
    room.say(author({ guest: 'g2' }), 'same address, other person')
    clock.advance(60_000)
    room.say(author(), 'sorry')
    assert.equal(room.mutedUntil(author()), null)
  })

  test('[CH32] who is banned is told, loses their messages, and does not come back as another guest', async () => {
    const { room, author, join, store, rooms } = await setUp()
    const listener = join(author())
    const member = author({ person: person('p', 'Bea') })
    const [message, kept] = [room.say(author(), 'spam'), room.say(member, 'hello')]

    room.ban(message, { by: 'p0' })

    assert.deepEqual(listener.of('banned'), [{ type: 'banned' }])
    assert.deepEqual(listener.of('deleted'), [{ type: 'deleted', author: message.author }])
    assert.deepEqual(texts(room), ['hello'])
    for (const guest of ['g1', 'g2'])
      assert.throws(() => room.join(new FakeChatListener(author({ guest }))), refusal('chat-banned'))
    assert.throws(() => room.say(author(), 'more'), refusal('chat-banned'))
    room.say(member, 'an account at the same address may stay')
    join(author({ guest: 'g3', address: '198.51.100.1' }))

    room.ban(kept, { by: null })
    assert.throws(() => room.say(member, 'hi'), refusal('chat-banned'))
    await rooms.latest('lecture', { limit: 9 })
    assert.deepEqual(store.messages, [])
  })

  test('[CH33] whoever runs the broadcast can not be silenced', async () => {
    const { room, author } = await setUp()
    const message = room.say(author({ isHost: true }), 'hello')

    assert.throws(() => room.mute(message, { seconds: 60, by: null }), refusal('not-allowed'))
    assert.throws(() => room.ban(message, { by: null }), refusal('not-allowed'))
  })

  test('[CH34] a sanction is listed, outlives a restart, and can be lifted', async () => {
    const rig = await setUp()
    const { room, rooms, author, join, store, broadcast } = rig
    const listener = join(author())
    const message = room.say(author(), 'rude')
    const mute = room.mute(message, { seconds: 3600, by: 'p' })
    const ban = room.ban(message, { by: 'p' })
    room.setSlowMode(5)
    assert.deepEqual(
      room.sanctions.map(({ kind, name }) => `${kind} ${name}`),
      ['ban Ann', 'mute Ann'],
    )
    await rooms[Symbol.asyncDispose]()

    const { ChatRooms } = await import('./chat-rooms.ts')
    const later = await new ChatRooms({ ...rig, store }).open(broadcast)
    assert.equal(later.state.slowMode, 5)
    assert.deepEqual(later.sanctions, [ban, mute])
    assert.ok(later.lift(ban.id))
    assert.ok(!later.lift(ban.id))
    assert.throws(() => later.say(author(), 'hi'), refusal('chat-muted'))
    assert.ok(room.lift(ban.id) && room.lift(mute.id))
    assert.deepEqual(listener.of('muted').at(-1), { type: 'muted', until: null })
  })
})

describe('the rooms', () => {
  test('[CH35] a store that is down harms nobody: what was said before comes when it is back', async () => {
    const rig = await chatRig()
    const { rooms, store, broadcast, author, clock } = rig
    store.messages = [chatMessage('old', { at: 1, text: 'before' })]
    store.failure = new Error('down')
    const room = await rooms.open(broadcast)
    room.say(author(), 'live')
    assert.equal(await rooms.open(broadcast), room)
    assert.deepEqual(texts(room), ['live'])

    store.failure = undefined
    clock.advance(5000)
    await rooms.open(broadcast)

    assert.deepEqual(texts(room), ['before', 'live'])
    assert.equal(store.messages.length, 2)
  })

  test('[CH36] with its broadcast a chat is removed, and a new one of the same id begins empty', async () => {
    const { rooms, room, store, broadcast, broadcasts, author, join } = await setUp()
    const listener = join(author())
    room.say(author(), 'old')
    await rooms.latest('lecture', { limit: 1 })
    room.say(author(), 'not stored yet')

    await broadcasts.remove(broadcast)
    const { broadcast: next } = await broadcasts.create({ id: 'lecture' })
    const nextRoom = await rooms.open(next)

    assert.deepEqual(listener.of('removed'), [{ type: 'removed' }])
    assert.deepEqual([store.messages, nextRoom.history], [[], []])
  })

  test('[CH37] a message is found by its id, said just now or long ago', async () => {
    const { rooms, room, author } = await setUp()
    const { id } = room.say(author(), 'first')
    assert.equal((await rooms.messageOf(room, id)).text, 'first')

    for (let n = 0; n < 100; n++) room.say(author({ isHost: true }), `${n}`)
    assert.equal((await rooms.messageOf(room, id)).text, 'first')
    await assert.rejects(rooms.messageOf(room, 'nothing'), refusal('message-not-found'))
  })
})
