import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keyOf, sessionOf } from '../../../test/support/fake-authentication.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

const OWN = { origin: 'http://localhost', host: 'localhost' }
type Token = { id: string; name: string; token: string; url: string; expiresAt: string; createdAt: string }

async function setUp(t: { after: (task: () => unknown) => void }) {
  const server = await wholeServer({ open: false })
  t.after(() => server[Symbol.asyncDispose]())
  const { authentication, broadcasts, fastify } = server
  for (const name of ['ann', 'bob']) authentication.known.set(name, sessionOf('broadcaster', name))
  authentication.known.set('program', keyOf('broadcaster', ['broadcasts'], 'ann'))
  await broadcasts.create({ id: 'lecture', visibility: 'private', ownerId: 'ann' })
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, who: string, payload?: object) =>
    fastify.inject({
      ...{ method, url: `/api/broadcasts/lecture/${path}`, headers: { 'x-who': who, ...OWN } },
      ...(payload && { payload }),
    })
  return { ...server, ask }
}

describe('sharing', () => {
  test('[PERM70] a token is made with its link, for a day unless told otherwise, and told this once', async (t) => {
    const { ask } = await setUp(t)
    const made = await ask('POST', 'viewer-tokens', 'ann', { name: 'For Vera', expiresIn: 3600 })

    assert.equal(made.statusCode, 201)
    assert.equal(made.headers['cache-control'], 'no-store')
    const { id, name, token, url, createdAt, expiresAt } = made.json<Token>()
    assert.equal(made.headers.location, `/api/broadcasts/lecture/viewer-tokens/${id}`)
    assert.equal(url, `http://localhost/view/lecture/?token=${token}`)
    assert.equal(Date.parse(expiresAt) - Date.parse(createdAt), 3_600_000)
    const day = (await ask('POST', 'viewer-tokens', 'program')).json<Token>()
    assert.equal(Date.parse(day.expiresAt) - Date.parse(day.createdAt), 86_400_000)

    const listed = await ask('GET', 'viewer-tokens', 'ann')
    assert.deepEqual(
      listed.json<{ items: Token[] }>().items.map((each) => [each.id, each.name]),
      [
        [day.id, ''],
        [id, name],
      ].toSorted(),
    )
    assert.ok(!listed.body.includes(token))
  })

  test('[PERM71] a token that is taken back opens nothing; one that is unknown is no error', async (t) => {
    const { ask, fastify } = await setUp(t)
    const { id, token } = (await ask('POST', 'viewer-tokens', 'ann')).json<Token>()
    const see = async () => (await fastify.inject(`/api/broadcasts/lecture?token=${token}`)).statusCode
    assert.equal(await see(), 200)
    for (const each of [id, 'unknown'])
      assert.equal((await ask('DELETE', `viewer-tokens/${each}`, 'ann')).statusCode, 204)
    assert.equal(await see(), 401)
    assert.deepEqual((await ask('GET', 'viewer-tokens', 'ann')).json(), { items: [] })
  })

  test('[PERM72] accounts are named all at once, and may watch from then on', async (t) => {
    const { ask, fastify } = await setUp(t)
    const see = async () =>
      (await fastify.inject({ url: '/api/broadcasts/lecture', headers: { 'x-who': 'bob' } })).statusCode
    assert.equal(await see(), 404)
    assert.deepEqual((await ask('PUT', 'viewers', 'ann', { users: ['bob', 'eve'] })).json(), {
      people: [],
      users: ['bob', 'eve'],
    })
    assert.equal(await see(), 200)
    assert.deepEqual((await ask('PUT', 'viewers', 'ann', { users: [] })).json(), { users: [], people: [] })
    assert.deepEqual((await ask('GET', 'viewers', 'ann')).json(), { users: [], people: [] })
    assert.equal(await see(), 404)
  })

  test('[PERM73] what is no wish for a token is 400', async (t) => {
    const { ask } = await setUp(t)
    for (const wish of [
      { expiresIn: 1 },
      { expiresIn: 1e9 },
      { expiresIn: 'long' },
      { name: 'x'.repeat(101) },
      { admin: true },
    ])
      assert.equal((await ask('POST', 'viewer-tokens', 'ann', wish)).statusCode, 400, JSON.stringify(wish))
    assert.equal((await ask('PUT', 'viewers', 'ann', { users: 'bob' })).statusCode, 400)
  })

  test('[PERM74] who follows a private broadcast by a token is told no more once it is taken back', async (t) => {
    const { ask, fastify } = await setUp(t)
    const { id, token } = (await ask('POST', 'viewer-tokens', 'ann')).json<Token>()
    const url = await fastify.listen({ host: '127.0.0.1', port: 0 })
    assert.equal((await fetch(`${url}/api/events?broadcast=lecture`)).status, 404)
    const following = await fetch(`${url}/api/events?broadcast=lecture&token=${token}`)
    assert.equal(following.status, 200)
    await ask('DELETE', `viewer-tokens/${id}`, 'ann')
    assert.match(await following.text(), /^event: list\n/)
  })

  test('[PERM75] lists are public, one’s own, or everything for administrators', async (t) => {
    const { fastify, broadcasts, authentication } = await setUp(t)
    authentication.known.set('root', sessionOf('admin', 'root'))
    await broadcasts.create({ id: 'concert', ownerId: 'bob' })
    const list = async (of: string, who = '') => {
      const answer = await fastify.inject({ url: `/api/broadcasts?of=${of}`, headers: { 'x-who': who } })
      if (answer.statusCode !== 200) return answer.statusCode
      return answer
        .json<{ items: { id: string }[] }>()
        .items.map(({ id }) => id)
        .toSorted()
    }
    assert.deepEqual(await list('public'), ['concert'])
    assert.deepEqual(await list('own', 'ann'), ['lecture'])
    assert.deepEqual(await list('all', 'root'), ['concert', 'lecture'])
    assert.deepEqual([await list('own'), await list('all'), await list('all', 'ann')], [401, 401, 403])
  })

  test('[PERM78] accounts are named by their e-mail address too, and told by name', async (t) => {
    const { ask, people } = await setUp(t)
    const { users } = people.people
    const vera = await users.create({ email: 'vera@example.org', name: 'Vera', role: 'viewer' })
    const named = await ask('PUT', 'viewers', 'ann', { users: ['gone'], emails: [' Vera@example.org'] })
    assert.deepEqual(named.json(), {
      users: ['gone', vera.id].toSorted(),
      people: [{ id: vera.id, name: 'Vera' }],
    })
    const unknown = await ask('PUT', 'viewers', 'ann', { users: [], emails: ['eve@example.org'] })
    assert.deepEqual([unknown.statusCode, unknown.json().code], [404, 'user-not-found'])
    assert.equal((await ask('GET', 'viewers', 'ann')).json<{ users: string[] }>().users.length, 2)
    assert.equal(
      (await ask('PUT', 'viewers', 'bob', { users: [], emails: ['vera@example.org'] })).statusCode,
      404,
    )
  })
})
