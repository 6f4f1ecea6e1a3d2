import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../../test/support/fake-authentication.ts'
import { PASSWORD } from '../../../test/support/people-rig.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'
import { AUDITED_ROUTES, UNAUDITED_ROUTES } from './audited-routes.ts'

const OWN_PAGE = { host: 'localhost', origin: 'http://localhost' }
const CHANGES = new Set(['post', 'put', 'patch', 'delete'])
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

async function setUp({ open = true } = {}) {
  const server = await wholeServer({ open })
  server.authentication.known.set('admin', sessionOf('admin', 'root'))
  server.authentication.known.set('vera', sessionOf('viewer', 'vera'))
  const ask = (
    route: string,
    { who, payload, headers = {} }: { who?: string; payload?: object; headers?: Record<string, string> } = {},
  ) => {
    const [method, url = ''] = route.split(' ')
    return server.fastify.inject({
      method: method as Method,
      url,
      remoteAddress: '192.0.2.7',
      headers: { ...OWN_PAGE, ...(who !== undefined && { 'x-who': who }), ...headers },
      ...(payload && { payload }),
    })
  }
  /** What is in the log, oldest first. */
  const told = async () =>
    (await server.audit.list({}, { offset: 0, limit: 200 })).entries
      .map(({ actor, action, subjectId, result, detail }) => [actor, action, subjectId, result, detail])
      .reverse()
  return { ...server, ask, told }
}

describe('the audit trail', () => {
  test('[AU20] every route that changes something is told, or is named as one that need not be', async () => {
    const { routes } = await setUp({ open: false })
    const changing = routes
      .filter(
        ({ method, url, isHidden }) =>
          CHANGES.has(method) && !url.startsWith('/docs') && !(isHidden && /_broadcast/.test(url)),
      )
      .map(({ method, url }) => `${method.toUpperCase()} ${url}`)
    const known = new Set([...Object.keys(AUDITED_ROUTES), ...UNAUDITED_ROUTES])
    assert.deepEqual(
      changing.filter((route) => !known.has(route)),
      [],
      'these belong into src/app/http/audited-routes.ts',
    )
    assert.deepEqual(
      [...known].filter((route) => !changing.includes(route)),
      [],
      'these do not exist',
    )
  })

  test('[AU21] what is done to a broadcast is told, with what it is, where from, and which values are harmless', async () => {
    const { ask, told, auditStore } = await setUp()
    const payload = { title: 'My secret plan', visibility: 'private' }
    const { id, streamKey } = (await ask('POST /api/broadcasts', { payload })).json<{
      id: string
      streamKey: string
    }>()
    await ask(`PATCH /api/broadcasts/${id}`, { payload: { title: 'Another' } })
    await ask(`POST /api/broadcasts/${id}/stream-key`, { headers: { authorization: `Bearer ${streamKey}` } })
    await ask('POST /start_broadcast/', { payload: { stream_id: 'talk' } })
    await ask('POST /stop_broadcast/', { payload: { stream_id: 'talk' } })
    await ask(`DELETE /api/broadcasts/${id}`)
    await ask(`GET /api/broadcasts/${id}`)

    assert.deepEqual(await told(), [
      ['open', 'broadcast.create', id, 'done', 'title, visibility: private'],
      ['open', 'broadcast.edit', id, 'done', 'title'],
      ['stream key', 'broadcast.rotate-key', id, 'done', ''],
      ['open', 'broadcast.start', 'talk', 'done', ''],
      ['open', 'broadcast.stop', 'talk', 'done', ''],
      ['open', 'broadcast.remove', id, 'done', ''],
    ])
    assert.ok(auditStore.entries.every(({ address }) => address === '192.0.2.7'))
  })

  test('[AU22] who is signed in is told by name, when they are refused as well; strangers are not', async () => {
    const { ask, told } = await setUp({ open: false })
    const payload = { url: 'https://example.org/hook?key=planted', events: ['broadcast.live'] }
    await ask('POST /api/webhooks', { who: 'admin', payload })
    await ask('POST /api/webhooks', { who: 'vera', payload })
    await ask('POST /api/webhooks', { payload })
    await ask('DELETE /api/webhooks/wh_x', { headers: { authorization: 'Bearer guessed' } })
    const [first, ...rest] = await told()
    assert.deepEqual(
      [first?.[0], first?.[1], first?.[3], first?.[4]],
      ['root', 'webhook.create', 'done', 'url, events: broadcast.live'],
    )
    assert.deepEqual(rest, [['vera', 'webhook.create', '', 'refused', '']])
  })

  test('[AU23] signing in is told, done or refused, and a password in the wrong field is not', async () => {
    const { ask, told, people } = await setUp({ open: false })
    const user = await people.add('Ann')
    const signIn = (email: string, password: string) =>
      ask('POST /api/auth/sign-in', { payload: { email, password } })
    await signIn(user.email, PASSWORD)
    await signIn(user.email, 'wrong password')
    await signIn('my password is 1234', 'wrong password')

    assert.deepEqual(
      (await told()).map(([actor, action, subject, result]) => [actor, action, subject, result]),
      [
        ['Ann', 'account.sign-in', user.email, 'done'],
        ['anonymous', 'account.sign-in', user.email, 'refused'],
        ['anonymous', 'account.sign-in', '', 'refused'],
      ],
    )
  })

  test('[AU24] no secret is ever told, whichever route is given it, wherever', async () => {
    const { ask, auditStore, audit } = await setUp({ open: false })
    const planted = 'sk_planted-secret'
    for (const route of Object.keys(AUDITED_ROUTES)) {
      const { about } = AUDITED_ROUTES[route] ?? {}
      const fields = [
        'token',
        'password',
        'current',
        'next',
        'code',
        'secret',
        'url',
        'title',
        'message',
        'description',
      ]
      const body = Object.fromEntries(fields.map((name) => [name, planted]))
      const payload = { ...body, ...(about === 'email' && { email: planted }), [planted.length]: 1 }
      const url = route.replace(':id', 'b').replaceAll(/:[a-z]+/g, planted)
      for (const who of ['admin', 'vera'])
        await ask(`${url}?token=${planted}`, {
          who,
          ...(!route.startsWith('DELETE') && { payload }),
          headers: { 'x-api-key': planted, cookie: `klieg=${planted}` },
        })
    }
    await audit.list({}, { offset: 0, limit: 1 })
    assert.ok(auditStore.entries.length > 50)
    assert.ok(!JSON.stringify(auditStore.entries).includes(planted))
  })

  test('[AU26] moderation of a chat is told with whom it was about', async () => {
    const { ask, told, broadcasts, chats } = await setUp()
    const { broadcast } = await broadcasts.create({ id: 'lecture' })
    const room = await chats.open(broadcast)
    const eve = { name: 'Eve', role: 'guest', author: 'eve', address: null, personId: null } as const
    const said = room.say(eve, 'buy now')
    await ask('PATCH /api/broadcasts/lecture/chat', { payload: { slowMode: 10 } })
    const muted = await ask('POST /api/broadcasts/lecture/chat/mutes', {
      payload: { message: said.id, seconds: 60 },
    })
    await ask(`DELETE /api/broadcasts/lecture/chat/sanctions/${muted.json<{ id: string }>().id}`)
    await ask(`DELETE /api/broadcasts/lecture/chat/messages/${said.id}`)
    assert.deepEqual(
      (await told()).map(([, action, , result, detail]) => `${action} ${result} ${detail}`),
      [
        'broadcast.edit-chat done slowMode: 10',
        'broadcast.mute done who: Eve, seconds: 60',
        'broadcast.lift-sanction done who: Eve',
        'broadcast.remove-message done of: Eve',
      ],
    )
  })
})
