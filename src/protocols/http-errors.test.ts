import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { BroadcastError } from '../core/errors.ts'
import { type ErrorHandlerOptions, installErrorHandler } from './http-errors.ts'

function setUp(options: ErrorHandlerOptions = {}): FastifyInstance {
  const app = Fastify()
  installErrorHandler(app, options)
  app.get('/refused', async () => {
    throw new BroadcastError('broadcast-not-live', 'not yet', { retryAfter: 3 })
  })
  app.get('/full', async () => {
    throw new BroadcastError('overloaded', 'full')
  })
  app.get('/private', async () => {
    throw new BroadcastError('unauthenticated', 'who are you?')
  })
  app.get('/broken', async () => {
    throw new Error('password in /etc/secret')
  })
  app.post(
    '/body',
    { bodyLimit: 100, schema: { body: { type: 'object', required: ['a'] } } },
    async () => 'ok',
  )
  return app
}

describe('failures over HTTP', () => {
  test('[ERR1] a refusal is problem+json with its code, and Retry-After where trying again makes sense', async () => {
    const answer = await setUp().inject('/refused')
    assert.equal(answer.statusCode, 409)
    assert.equal(answer.headers['content-type'], 'application/problem+json')
    assert.equal(answer.headers['retry-after'], '3')
    assert.deepEqual(answer.json(), {
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      code: 'broadcast-not-live',
      detail: 'not yet',
    })
  })

  test('[ERR1] overload always tells when to come back', async () => {
    const answer = await setUp().inject('/full')
    assert.equal(answer.statusCode, 503)
    assert.equal(answer.headers['retry-after'], '5')
  })

  test('[ERR2] 401 says how to authenticate', async () => {
    const answer = await setUp().inject('/private')
    assert.equal(answer.statusCode, 401)
    assert.equal(answer.headers['www-authenticate'], 'Bearer')
  })

  test('[ERR3] what nobody expected is 500 and tells nothing', async () => {
    const answer = await setUp().inject('/broken')
    assert.equal(answer.statusCode, 500)
    assert.equal(answer.json<{ code: string }>().code, 'internal')
    assert.ok(!answer.body.includes('password'))
  })

  for (const [what, type, payload, status, code] of [
    ['a body that breaks the schema', 'application/json', '{}', 400, 'bad-request'],
    ['a body that is no JSON', 'application/json', '{', 400, 'bad-request'],
    ['a body with __proto__', 'application/json', '{"a":1,"__proto__":{"b":1}}', 400, 'bad-request'],
    ['a body over the limit', 'application/json', `{"a":"${'b'.repeat(100)}"}`, 413, 'too-large'],
    ['a type that is not taken', 'text/html', 'a', 415, 'wrong-content-type'],
  ] as const)
    test(`[ERR4] ${what} is ${status} ${code}`, async () => {
      const answer = await setUp().inject({
        method: 'POST',
        url: '/body',
        headers: { 'content-type': type },
        payload,
      })
      assert.equal(answer.statusCode, status)
      assert.equal(answer.headers['content-type'], 'application/problem+json')
      assert.equal(answer.json<{ code: string }>().code, code)
    })

  test('[ERR5] an unknown address is a problem for programs and a page for people', async () => {
    const app = setUp({
      sendPageNotFound: (_request, reply) => reply.code(404).type('text/html').send('lost?'),
    })
    const browser = { accept: 'text/html,application/xhtml+xml' }

    assert.equal((await app.inject({ url: '/nowhere', headers: browser })).body, 'lost?')
    for (const request of [
      { url: '/nowhere' },
      { url: '/api/nowhere', headers: browser },
      { url: '/whep/a/b/c/d', headers: browser },
      { method: 'POST', url: '/nowhere', headers: browser },
    ] as const) {
      const answer = await app.inject(request)
      assert.equal(answer.statusCode, 404)
      assert.equal(answer.json<{ code: string }>().code, 'not-found')
    }
  })

  test('[ERR5] without pages every unknown address is a problem', async () => {
    const answer = await setUp().inject({ url: '/<script>', headers: { accept: 'text/html' } })
    assert.equal(answer.json<{ code: string }>().code, 'not-found')
    assert.ok(!answer.body.includes('script'))
  })
})
