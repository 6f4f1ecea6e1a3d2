import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import { FakeAuthentication, keyOf, sessionOf } from '../../test/support/fake-authentication.ts'
import { BroadcastError } from '../core/errors.ts'
import type { Visitor } from '../core/visitor.ts'
import { installErrorHandler } from './http-errors.ts'
import { installRequestIdentity } from './request-identity.ts'
import { isOwnOrigin, visitorOf } from './visitor.ts'

const OWN = { host: 'live.example', origin: 'https://live.example' }

function setUp() {
  const authentication = new FakeAuthentication()
  authentication.known.set('anna', sessionOf('broadcaster', 'anna'))
  authentication.known.set('program', keyOf('broadcaster', ['broadcasts'], 'anna'))
  const fastify = Fastify()
  installErrorHandler(fastify)
  installRequestIdentity(fastify, { authentication, isOwnPage: ({ headers }) => isOwnOrigin(headers) })
  fastify.all('/api/who', async (request) => visitorOf(request.headers, request.ip, request.identity))
  fastify.get('/view', async (request) => ({ who: request.identity?.person.id ?? 'nobody' }))
  const ask = (method: 'GET' | 'POST' | 'DELETE', headers: Record<string, string>, url = '/api/who') =>
    fastify.inject({ method, url, headers })
  return { authentication, ask }
}

describe('who is behind a request', () => {
  test('[AC1] a request carries who sent it; a stranger is nobody', async () => {
    const { ask } = setUp()

    assert.equal((await ask('GET', { 'x-who': 'anna' })).json<Visitor>().identity?.person.id, 'anna')
    assert.equal((await ask('GET', {})).json<Visitor>().identity, undefined)
  })

  test('[AC1] an API key is who it belongs to, and no stream key', async () => {
    const { ask } = setUp()
    const visitor = (
      await ask('POST', { 'x-who': 'program', authorization: 'Bearer klieg_x' })
    ).json<Visitor>()

    assert.equal(visitor.identity?.kind, 'api-key')
    assert.equal(visitor.token, undefined)
  })

  test('[AC2] with a cookie only an own page changes anything, by Origin and by Fetch Metadata', async () => {
    const { ask } = setUp()
    const status = async (method: 'POST' | 'DELETE', headers: Record<string, string>) =>
      (await ask(method, { 'x-who': 'anna', host: 'live.example', ...headers })).statusCode

    assert.equal(await status('POST', OWN), 200)
    assert.equal(await status('DELETE', { 'sec-fetch-site': 'same-origin' }), 200)
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { ...OWN, 'sec-fetch-site': 'same-site' },
      { ...OWN, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
    ] as Record<string, string>[]) {
      assert.equal(await status('POST', headers), 403, JSON.stringify(headers))
      assert.equal(await status('DELETE', headers), 403, JSON.stringify(headers))
    }
  })

  test('[AC3] where a foreign page brings a key of its own, the cookie counts for nothing', async () => {
    const { ask } = setUp()
    const visitor = (
      await ask('POST', { 'x-who': 'anna', origin: 'https://evil.example', authorization: 'Bearer sk_1' })
    ).json<Visitor>()

    assert.equal(visitor.identity, undefined)
    assert.equal(visitor.token, 'sk_1')
  })

  test('[AC4] while nobody can be known, the interface says so, and what is for everybody goes on', async () => {
    const { authentication, ask } = setUp()
    authentication.failure = new BroadcastError('overloaded', 'the database does not answer')

    assert.equal((await ask('GET', { 'x-who': 'anna' })).statusCode, 503)
    assert.deepEqual((await ask('GET', { 'x-who': 'anna' }, '/view')).json(), { who: 'nobody' })
  })
})
