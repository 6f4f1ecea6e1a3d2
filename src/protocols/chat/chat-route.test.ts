import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { chatDoor, type ChatMessageHeard } from '../../../test/support/chat-door.ts'
import { eventually } from '../../../test/support/eventually.ts'
import type { SignallingClient } from '../../../test/support/signalling-client.ts'
import type { PlaceLimits } from '../follower-places.ts'
import type { Identity } from '../../core/identity.ts'

async function setUp(
  context: TestContext,
  options: { open?: boolean; visibility?: 'private'; places?: PlaceLimits } = {},
) {
  const door = await chatDoor(context, options)
  const { visibility = 'public' } = options
  const { broadcast, streamKey } = await door.broadcasts.create({
    ...{ id: 'lecture', ownerId: 'owner', visibility },
  })
  const account = (id: string, name: string, role: 'admin' | 'broadcaster' | 'viewer' = 'broadcaster') => {
    const identity: Identity = { kind: 'session', person: { id, name, role }, sessionId: `s-${id}` }
    door.identities.set(id, identity)
    return { 'x-person': id }
  }
  return { ...door, broadcast, streamKey, account }
}

const heard = async (client: SignallingClient) =>
  (await client.next('message'))['message'] as ChatMessageHeard

async function refusalOf(client: SignallingClient): Promise<[unknown, number]> {
  return [(await client.next('error'))['code'], await client.closed]
}

describe('/ws/chat/<id>/', () => {
  test('[CH40] who joins is welcomed with what was said; what is said is told to all, as text', async (t) => {
    const { join } = await setUp(t)
    const ann = await join({ name: 'Ann' })
    ann.send({ type: 'message', text: '<img src=x onerror=alert(1)>', ref: 'r1' })
    const said = await ann.next('said')
    const bob = await join({ name: 'Bob' })

    assert.deepEqual(bob.welcome.history, [
      {
        ...{ id: said['id'], author: ann.welcome.you.author, name: 'Ann', role: 'guest' },
        text: '<img src=x onerror=alert(1)>',
        at: (bob.welcome.history[0] as { at?: string }).at,
      },
    ])
    assert.equal(said['ref'], 'r1')
    assert.deepEqual([bob.welcome.enabled, bob.welcome.slowMode], [true, 0])
    bob.send({ type: 'message', text: 'hello' })
    assert.deepEqual(
      [await heard(ann), await heard(bob)].map(({ text, name }) => `${name}: ${text}`),
      ['Bob: hello', 'Bob: hello'],
    )
  })

  test('[CH41] a guest is told what to be known by, is the same one with it, and may change the name', async (t) => {
    const { join } = await setUp(t)
    const first = await join()
    const { guest, author, name } = first.welcome.you
    assert.equal(name, '')
    first.send({ type: 'message', text: 'nameless', ref: 'r' })
    assert.equal((await first.next('error'))['ref'], 'r')
    first.send({ type: 'name', name: 'Moderator' })
    assert.equal((await first.next('error'))['code'], 'bad-request')
    first.send({ type: 'name', name: ' Ann\u202e ' })
    assert.equal((await first.next('named'))['name'], 'Ann')
    first.send({ type: 'message', text: 'hi' })
    assert.equal((await heard(first)).name, 'Ann')

    assert.match(String(guest), /^[\w-]+$/)
    const long = 'g'.repeat(22)
    const again = [await join({ guest: long }), await join({ guest: long }), await join({ guest: 'short' })]
    assert.equal(again[0]?.welcome.you.author, again[1]?.welcome.you.author)
    assert.notEqual(again[2]?.welcome.you.author, author)
  })

  test('[CH42] an account speaks with its own name and may not take another; owner and key are hosts', async (t) => {
    const { join, account, streamKey } = await setUp(t)
    const member = await join({ name: 'Else' }, account('m', 'Mia'))
    const owner = await join({}, account('owner', 'Olga'))
    const admin = await join({}, account('a', 'Ada', 'admin'))
    const publisher = await join({ token: streamKey })
    const guest = await join({ name: 'Mia' })

    const roles = [member, owner, admin, publisher, guest].map(({ welcome: { you } }) =>
      [you.name, you.role, you.mayModerate, you.guest !== undefined].join(),
    )
    assert.deepEqual(roles, [
      'Mia,member,false,false',
      'Olga,host,true,false',
      'Ada,host,true,false',
      'Host,host,true,true',
      ',guest,false,true',
    ])
    member.send({ type: 'name', name: 'Olga' })
    assert.equal((await member.next('error'))['code'], 'bad-request')
    guest.send({ type: 'name', name: 'Olga' })
    assert.equal((await guest.next('error'))['code'], 'bad-request')
  })

  test('[CH43] in open mode everybody moderates, and no address is banned for one of them', async (t) => {
    const { join, rooms, broadcast } = await setUp(t, { open: true })
    const [ann, bob] = [await join({ name: 'Ann' }), await join({ name: 'Bob' })]
    assert.deepEqual([ann.welcome.you.mayModerate, ann.welcome.you.role], [true, 'guest'])
    ann.send({ type: 'message', text: 'spam' })
    const { id, author } = await heard(bob)

    const room = await rooms.open(broadcast)
    room.ban(await rooms.messageOf(room, id), { by: null })

    assert.equal(await ann.closed, 4403)
    assert.equal((await bob.next('deleted'))['author'], author)
    await join({ name: 'Carl' })
  })

  test('[CH44] a private chat needs what watching needs; a key that is brought must be right', async (t) => {
    const { connect, join, viewerToken, streamKey, account } = await setUp(t, { visibility: 'private' })
    const attempt = async (message: object, headers = {}, id = 'lecture') => {
      const client = await connect(id, headers)
      client.send({ type: 'join', ...message })
      return refusalOf(client)
    }

    assert.deepEqual(await attempt({}), ['broadcast-not-found', 4404])
    assert.deepEqual(await attempt({}, {}, 'nothing'), ['broadcast-not-found', 4404])
    assert.deepEqual(await attempt({}, account('m', 'Mia')), ['broadcast-not-found', 4404])
    assert.equal((await attempt({ token: 'sk_wrong' }))[1] >= 4401, true)
    const { token } = await viewerToken('lecture')
    assert.equal((await join({ token, name: 'Ann' })).welcome.you.role, 'guest')
    assert.equal((await join({ token: streamKey })).welcome.you.role, 'host')
    assert.equal((await join({}, account('owner', 'Olga'))).welcome.you.role, 'host')
  })

  test('[CH44] also on a public one a wrong key is refused, and so can not be guessed', async (t) => {
    const { connect } = await setUp(t)
    const codes = new Set<unknown>()
    for (let n = 0; n < 25; n++) {
      const client = await connect()
      client.send({ type: 'join', token: `sk_${n}` })
      codes.add((await refusalOf(client))[0])
    }
    assert.deepEqual([...codes], ['unauthenticated', 'too-many-requests'])
  })

  test('[CH45] every message is authorised, and whoever loses the right to be here is sent away', async (t) => {
    const { join, viewerToken, shares, broadcast, account, authentication } = await setUp(t, {
      visibility: 'private',
    })
    const { id, token } = await viewerToken('lecture')
    const client = await join({ token, name: 'Ann' })

    await shares.revoke('lecture', id)
    assert.equal(await client.closed, 4403)

    broadcast.edit({ visibility: 'public' })
    const member = await join({}, account('m', 'Mia'))
    authentication.revoke({ personId: 'm' })
    assert.equal(await member.closed, 4403)
  })

  test('[CH46] too large, too many, binary, nonsense and silence end a connection as in signalling', async (t) => {
    const { connect, join, clock, route } = await setUp(t)
    const [large, many, binary, silent] = [await join(), await join(), await join(), await connect()]

    large.socket.send(JSON.stringify({ type: 'message', text: 'x'.repeat(9000) }))
    assert.equal(await large.closed, 1009)
    for (let n = 0; n < 60; n++) many.send({ type: 'reaction', emoji: '👏' })
    assert.equal(await many.closed, 1008)
    binary.socket.send(Buffer.from('{}'))
    assert.equal(await binary.closed, 1008)

    const client = await connect()
    for (const text of [
      'no json',
      '[]',
      '{"type":"shout"}',
      '{"type":"message"}',
      '{"type":"reaction","emoji":1}',
    ])
      client.socket.send(text)
    client.send({ type: 'message', text: 'too early' })
    for (let n = 0; n < 6; n++) assert.equal((await client.next('error'))['code'], 'bad-request')
    client.send({ type: 'join' })
    await client.next('welcome')
    client.send({ type: 'join' })
    assert.equal((await client.next('error'))['code'], 'bad-request')

    await eventually(
      () => route.size === 2,
      () => `${route.size} are connected`,
      5,
    )
    clock.advance(10_000)
    assert.equal(await silent.closed, 1008)
    await route[Symbol.asyncDispose]()
    assert.equal(await client.closed, 1012)
  })

  test('[CH47] who does not read is cut off, and the others hear on', async (t) => {
    const { join, rooms, broadcast, streamKey } = await setUp(t)
    const [slow, ann] = [await join(), await join()]
    slow.socket.pause()
    const room = await rooms.open(broadcast)
    const host = await join({ token: streamKey, name: 'Host' })
    const author = { ...host.welcome.you, role: 'host', address: null, personId: null } as const

    let count = 0
    const isGone = () => room.size === 2
    while (!isGone() && count < 100_000) {
      for (let n = 0; n < 100; n++, count++) room.say(author, '😀'.repeat(500))
      await new Promise(setImmediate)
    }

    assert.ok(isGone(), `after ${count} messages`)
    assert.equal((await heard(ann)).name, 'Host')
  })

  test('[CH48] reactions, slow mode, off, mute and removal are told to those in the room', async (t) => {
    const { join, rooms, broadcast, broadcasts, clock } = await setUp(t)
    const ann = await join({ name: 'Ann' })
    const room = await rooms.open(broadcast)
    ann.send({ type: 'reaction', emoji: '👏' })
    ann.send({ type: 'message', text: 'rude', ref: 'r' })
    const { id } = await heard(ann)
    clock.advance(1000)
    assert.deepEqual((await ann.next('reaction'))['counts'], { '👏': 1 })

    room.setSlowMode(30)
    assert.equal((await ann.next('state'))['slowMode'], 30)
    ann.send({ type: 'message', text: 'again', ref: 'r' })
    assert.equal((await ann.next('error'))['retryAfter'], 29)
    room.mute(await rooms.messageOf(room, id), { seconds: 60, by: null })
    assert.equal((await ann.next('muted'))['until'], new Date(clock.now() + 60_000).toISOString())
    room.remove(id)
    assert.equal((await ann.next('deleted'))['id'], id)
    broadcast.edit({ chat: false })
    assert.equal((await ann.next('state'))['enabled'], false)
    assert.deepEqual((await join()).welcome.history, [])
    await broadcasts.remove(broadcast)
    assert.equal(await ann.closed, 4404)
  })

  test('[CH49] an address and the server take so many, and no more', async (t) => {
    const { join, connect } = await setUp(t, { places: { perAddress: 2, total: 3 } })
    const first = await join()
    await join()
    assert.deepEqual(await refusalOf(await connect()), ['overloaded', 1013])
    await join({}, { 'x-address': '198.51.100.7' })
    assert.deepEqual(await refusalOf(await connect('lecture', { 'x-address': '203.0.113.9' })), [
      'overloaded',
      1013,
    ])
    first.close()
    await first.closed
    await eventually(
      async () => (await join().catch(() => undefined)) !== undefined,
      () => 'its place was not free',
      5,
    )
  })
})
