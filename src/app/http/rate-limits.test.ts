import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { wholeServer } from '../../../test/support/whole-server.ts'
import { RATE_LIMITS } from './rate-limits.ts'

describe('the limits of routes', () => {
  test('[ACC8] every limit is one of a route', async () => {
    await using server = await wholeServer({ open: false })
    const routes = new Set(server.routes.map(({ method, url }) => `${method.toUpperCase()} ${url}`))
    assert.deepEqual(
      Object.keys(RATE_LIMITS).filter((route) => !routes.has(route)),
      [],
    )
  })

  test('[ACC8] who makes broadcasts too often is 429, whoever it is, and told when to come back', async () => {
    await using server = await wholeServer({ open: false })
    const make = () => server.fastify.inject({ method: 'POST', url: '/api/broadcasts', payload: {} })
    for (let time = 0; time < 60; time++) assert.equal((await make()).statusCode, 401)
    const refused = await make()
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.headers['retry-after'], '60')
    await using open = await wholeServer()
    for (let time = 0; time < 70; time++)
      assert.equal(
        (await open.fastify.inject({ method: 'POST', url: '/api/broadcasts', payload: {} })).statusCode,
        201,
      )
  })
})
