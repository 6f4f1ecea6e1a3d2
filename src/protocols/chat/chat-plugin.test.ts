import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { chatDoor, type ChatMessageHeard } from '../../../test/support/chat-door.ts'
import { chatMessage } from '../../../test/support/chat-store-contract.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import type { RecordedSegment } from '../../core/recording/journal.ts'
import { broadcastsPlugin } from '../rest/broadcasts-plugin.ts'

async function setUp(
  context: TestContext,
  { visibility = 'public' as 'public' | 'private', open = false } = {},
) {
  const door = await chatDoor(context, { open })
  const { broadcast, streamKey } = await door.broadcasts.create({
    ...{ id: 'lecture', ownerId: 'owner', visibility },
  })
  for (const [id, role] of [
    ['owner', 'broadcaster'],
    ['admin', 'admin'],
    ['other', 'broadcaster'],
  ] as const)
    door.identities.set(id, { kind: 'session', person: { id, name: id, role }, sessionId: id })
  const room = await door.rooms.open(broadcast)
  const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, options: object = {}) => {
    const { body, key, person } = options as { body?: object; key?: string; person?: string }
    const response = await door.fastify.inject({
      method,
      url: `/api/broadcasts/lecture/chat${url}`,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(person !== undefined && { 'x-person': person }),
      },
      ...(body && { payload: body }),
    })
    const answer = response.body === '' ? {} : response.json<Record<string, unknown>>()
    return { status: response.statusCode, ...answer } as { status: number } & Record<string, unknown>
  }
  const guest = { role: 'guest', author: 'a1', address: 'd1', personId: null } as const
  const say = (text: string, author = 'a1') => room.say({ ...guest, author, name: 'Ann' }, text)
  return { ...door, broadcast, streamKey, room, ask, say }
}

const texts = (items: unknown) => (items as ChatMessageHeard[]).map(({ text }) => text)

describe('/api/broadcasts/:id/chat', () => {
  test('[CH60] what was said is read page by page, newest first, without addresses and accounts', async (t) => {
    const { ask, say } = await setUp(t)
    for (const n of [1, 2, 3]) say(`text ${n}`)

    const first = await ask('GET', '?pageSize=2')
    const second = await ask('GET', `?pageSize=2&before=${String(first['next'])}`)

    assert.deepEqual(texts(first['items']), ['text 3', 'text 2'])
    assert.deepEqual([texts(second['items']), second['next']], [['text 1'], null])
    assert.deepEqual(Object.keys((first['items'] as object[])[0] ?? {}).toSorted(), [
      ...['at', 'author', 'id', 'name', 'role', 'text'],
    ])
    assert.equal((await ask('GET', '?before=yesterday')).status, 400)
  })

  test('[CH61] it is read by whoever may see the broadcast, and is empty while the chat is off', async (t) => {
    const { ask, say, broadcast, viewerToken } = await setUp(t)
    say('hello')
    broadcast.edit({ visibility: 'private' })

    const { token } = await viewerToken('lecture')
    const statuses = [
      await ask('GET', ''),
      await ask('GET', '', { person: 'other' }),
      await ask('GET', '', { person: 'owner' }),
      await ask('GET', '', { key: token }),
      await ask('GET', `?token=${token}`),
    ].map(({ status }) => status)
    assert.deepEqual(statuses, [404, 404, 200, 200, 200])

    broadcast.edit({ visibility: 'public', chat: false })
    const off = await ask('GET', '')
    assert.deepEqual([off['enabled'], off['items']], [false, []])
  })

  test('[CH62] owner, administrator and stream key moderate, nobody else; in open mode everybody', async (t) => {
    const { ask, streamKey } = await setUp(t)
    const calls = [
      ['PATCH', '', { slowMode: 5 }],
      ['DELETE', '/messages/m', undefined],
      ['POST', '/mutes', { message: 'm', seconds: 60 }],
      ['POST', '/bans', { message: 'm' }],
      ['GET', '/sanctions', undefined],
      ['DELETE', '/sanctions/s', undefined],
    ] as const
    const as = async (who: object) => {
      const statuses = new Set<number>()
      for (const [method, url, body] of calls) statuses.add((await ask(method, url, { ...who, body })).status)
      return [...statuses].toSorted()
    }

    for (const who of [{ person: 'owner' }, { person: 'admin' }, { key: streamKey }])
      assert.deepEqual(await as(who), [200, 404], JSON.stringify(who))
    assert.deepEqual(await as({ person: 'other' }), [403])
    assert.deepEqual(await as({}), [401])
    assert.deepEqual(await as({ key: 'sk_wrong' }), [401])
    assert.deepEqual(await (await setUp(t, { open: true })).ask('PATCH', '', { body: { slowMode: 5 } }), {
      ...{ status: 200, enabled: true, slowMode: 5 },
    })
  })

  test('[CH63] slow mode, delete, mute, ban and forgive do what they say', async (t) => {
    const { ask, say, room } = await setUp(t)
    const as = { person: 'owner' }
    const [gone, rude, spam] = [say('gone'), say('rude', 'a2'), say('spam', 'a3')]

    assert.equal((await ask('PATCH', '', { ...as, body: { slowMode: 7 } }))['slowMode'], 7)
    assert.equal((await ask('DELETE', `/messages/${gone.id}`, as)).status, 204)
    const mute = await ask('POST', '/mutes', { ...as, body: { message: rude.id, seconds: 60 } })
    const ban = await ask('POST', '/bans', { ...as, body: { message: spam.id } })
    assert.deepEqual([mute.status, mute['kind'], ban.status, ban['until']], [201, 'mute', 201, null])
    assert.deepEqual(texts(room.history), ['rude'])
    assert.equal(room.sanctions[0]?.createdBy, 'owner')

    const { items } = await ask('GET', '/sanctions', as)
    assert.deepEqual(
      (items as { id: string }[]).map(({ id }) => id),
      [ban['id'], mute['id']],
    )
    assert.ok(!JSON.stringify(items).includes('a2'))
    assert.equal((await ask('DELETE', `/sanctions/${String(ban['id'])}`, as)).status, 204)
    assert.equal((await ask('DELETE', `/sanctions/${String(ban['id'])}`, as)).status, 404)
    assert.equal((await ask('DELETE', '/messages/nothing', as)).status, 404)
    for (const body of [{ slowMode: -1 }, { slowMode: 3601 }, { slowMode: '5' }, {}])
      assert.equal((await ask('PATCH', '', { ...as, body })).status, 400)
  })

  test('[CH64] it is on unless its broadcast was made otherwise, and switched with it', async () => {
    const rig = await restRig()
    const { fastify } = rig
    await fastify.register(broadcastsPlugin, rig)
    const made = await fastify.inject({ method: 'POST', url: '/api/broadcasts', payload: { chat: false } })
    const { id, chat, urls } = made.json<{ id: string; chat: boolean; urls: { chat: string } }>()
    assert.deepEqual([chat, urls.chat], [false, `wss://live.example/ws/chat/${id}/`])

    const changed = await fastify.inject({
      ...{ method: 'PATCH', url: `/api/broadcasts/${id}`, payload: { chat: true } },
    })
    assert.equal(changed.json<{ chat: boolean }>().chat, true)
    const usual = await fastify.inject({ method: 'POST', url: '/api/broadcasts', payload: {} })
    assert.equal(usual.json<{ chat: boolean }>().chat, true)
  })
})

describe('/api/recordings/:id/chat', () => {
  test('[CH51] what was said comes by the seconds of the recording, oldest first', async (t) => {
    const { fastify, recordings, clock, say, room, broadcast } = await setUp(t)
    const startedAt = clock.now()
    const segment = (at: number): RecordedSegment => ({
      ...{ number: 0, file: 0, offset: 0, size: 1, sha256: '', period: 0 },
      ...{ startedAt: startedAt + at * 1000, duration: 4 },
    })
    const renditions = [{ kind: 'video', segments: [segment(0), segment(60)] }]
    recordings.set('r1', {
      ...{ id: 'r1', broadcastId: 'lecture', title: '', state: 'ready', duration: 8, size: 1, codecs: [] },
      ...{ startedAt, endedAt: startedAt + 64_000, truncated: false, renditions: renditions as never },
    })
    const get = async (query: string) =>
      (await fastify.inject(`/api/recordings/r1/chat${query}`)).json<{
        items: { text: string; seconds: number }[]
        reactions: { seconds: number; counts: object }[]
        next: string | null
        enabled: boolean
      }>()
    const bySeconds = (items: { text: string; seconds: number }[]) =>
      items.map(({ text, seconds }) => `${seconds} ${text}`)

    clock.advance(1000)
    say('one')
    room.react({ role: 'guest', author: 'a', address: null, personId: null, name: 'A' }, '👏')
    clock.advance(29_000)
    say('in the gap')
    clock.advance(32_000)
    say('six')
    clock.advance(30_000)
    say('long after')

    const all = await get('')
    assert.deepEqual(bySeconds(all.items), ['1 one', '3.999 in the gap', '6 six'])
    assert.deepEqual(all.reactions, [{ seconds: 2, counts: { '👏': 1 } }])
    assert.equal(all.next, null)
    assert.deepEqual(bySeconds((await get('?from=1.5&to=6')).items), ['3.999 in the gap'])
    assert.deepEqual(bySeconds((await get('?from=4')).items), ['6 six'])
    assert.equal((await fastify.inject('/api/recordings/r1/chat?from=5&to=5')).statusCode, 400)
    assert.equal((await fastify.inject('/api/recordings/r1/chat?from=-1')).statusCode, 400)
    assert.equal((await fastify.inject('/api/recordings/nothing/chat')).statusCode, 404)

    broadcast.edit({ chat: false })
    assert.deepEqual([(await get('')).enabled, (await get('')).items], [false, []])
    broadcast.edit({ chat: true, visibility: 'private' })
    assert.equal((await fastify.inject('/api/recordings/r1/chat')).statusCode, 404)
  })

  test('[CH52] more than fits into one answer comes in several, each message once', async (t) => {
    const { fastify, recordings, clock, store } = await setUp(t)
    const startedAt = clock.now()
    recordings.set('r1', {
      ...{ id: 'r1', broadcastId: 'lecture', title: '', state: 'ready', duration: 8, size: 1, codecs: [] },
      ...{ startedAt, endedAt: startedAt + 64_000, truncated: false, renditions: [] },
    })
    store.messages = Array.from({ length: 1200 }, (_, n) => chatMessage(`m${n}`, { at: startedAt + n }))

    const ids: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const query: string = next === '' ? '' : `?after=${next}`
      const page = (await fastify.inject(`/api/recordings/r1/chat${query}`)).json<{
        items: { id: string }[]
        next: string | null
      }>()
      ids.push(...page.items.map(({ id }) => id))
      next = page.next
    }

    assert.deepEqual(
      ids,
      store.messages.map(({ id }) => id),
    )
  })
})
