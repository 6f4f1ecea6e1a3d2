import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import { wholeServer } from '../../../test/support/whole-server.ts'
import { contentSecurityPolicy, installSecurityHeaders } from './security-headers.ts'

const policyOf = (headers: Record<string, unknown>) =>
  new Map(
    String(headers['content-security-policy'])
      .split('; ')
      .map((directive) => [directive.split(' ')[0] ?? '', directive]),
  )

describe('what answers tell browsers', () => {
  test('[THR20] pages, files, answers and refusals have the policy, and nothing inline is allowed', async () => {
    await using server = await wholeServer({ open: false })
    for (const url of [
      '/',
      '/view/x/',
      '/api/server',
      '/api/broadcasts/none',
      '/nothing',
      '/docs',
      '/hls/x/index.m3u8',
    ]) {
      const { headers } = await server.fastify.inject({ url, headers: { accept: 'text/html' } })
      const policy = policyOf(headers)
      for (const [name, value] of Object.entries({
        'default-src': "default-src 'self'",
        'media-src': "media-src 'self' blob:",
        'worker-src': "worker-src 'self' blob:",
        'connect-src': "connect-src 'self' ws: wss:",
        'object-src': "object-src 'none'",
        'frame-ancestors': "frame-ancestors 'none'",
        'base-uri': "base-uri 'self'",
      }))
        assert.equal(policy.get(name), value, url)
      assert.ok(!String(headers['content-security-policy']).includes('unsafe-'), url)
      assert.equal(policy.get('script-src'), undefined, 'scripts are those of default-src')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.match(String(headers['permissions-policy']), /camera=\(self\), microphone=\(self\)/)
    }
    const embedded = policyOf((await server.fastify.inject('/embed/x')).headers)
    assert.equal(embedded.get('frame-ancestors'), 'frame-ancestors *')
  })

  test('[THR21] a page marks its own styles by a nonce that is new each time', async () => {
    await using server = await wholeServer()
    const noncesOf = async () => {
      const { headers, body } = await server.fastify.inject('/')
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(String(headers['content-security-policy'])) ?? []
      assert.ok(Buffer.from(nonce, 'base64').length >= 16)
      assert.ok(!body.includes('NONCE_OF_THIS_ANSWER'))
      return nonce
    }
    assert.notEqual(await noncesOf(), await noncesOf())
    assert.ok(!contentSecurityPolicy('/api/server').includes('nonce'))
  })

  test('[THR22] behind TLS browsers are told to come by it, as a trusted proxy says', async () => {
    const fastify = Fastify({ trustProxy: '10.0.0.1' })
    installSecurityHeaders(fastify)
    fastify.get('/', async () => 'here')
    const from = async (remoteAddress: string) =>
      (await fastify.inject({ url: '/', remoteAddress, headers: { 'x-forwarded-proto': 'https' } })).headers[
        'strict-transport-security'
      ]
    assert.equal(await from('10.0.0.1'), 'max-age=31536000')
    assert.equal(await from('192.0.2.7'), undefined)
  })
})
