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
  test('[THR20] every route, and what is none, answers with the policy, and nothing inline is allowed', async () => {
    await using server = await wholeServer({ open: false })
    const routes = server.routes.filter(({ url }) => !url.startsWith('/embed/'))
    assert.ok(routes.length > 120)
    for (const { method, url } of [
      ...routes,
      ...['/nothing', '/api/nothing', '/%E0%A4%A', '/view/x', '/docs'].map((each) => ({
        method: 'get',
        url: each,
      })),
    ]) {
      const answer = await server.fastify.inject({
        method: method as 'GET',
        url: url.replaceAll(/:[a-z]+/gi, 'x').replace('*', 'x'),
        headers: { accept: 'text/html' },
        payloadAsStream: true, // events never end
      })
      answer.stream().destroy()
      const { headers } = answer
      const policy = policyOf(headers)
      for (const [name, value] of Object.entries({
        'default-src': "default-src 'self'",
        'media-src': "media-src 'self' blob:",
        'worker-src': "worker-src 'self' blob:",
        'connect-src': "connect-src 'self' ws: wss:",
        'object-src': "object-src 'none'",
        'frame-ancestors': "frame-ancestors 'none'",
        'base-uri': "base-uri 'self'",
        'form-action': "form-action 'self'",
      }))
        assert.equal(policy.get(name), value, `${method} ${url}`)
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

  test('[THR26] a page may load media from the configured storage, and from nowhere else', () => {
    const policy = contentSecurityPolicy('/view/x/', { sources: ['https://s3.example.org'] })
    assert.match(policy, /media-src 'self' blob: https:\/\/s3\.example\.org;/)
    assert.match(policy, /connect-src 'self' ws: wss: https:\/\/s3\.example\.org;/)
    assert.equal(policy.split('s3.example.org').length, 3)
  })

  test('[THR23] where the origin is secure no window of another site has a hand on ours', async () => {
    const fastify = Fastify({ trustProxy: '10.0.0.1' })
    installSecurityHeaders(fastify)
    fastify.get('/', async () => 'here')
    const policyFor = async (host: string, proto = 'http') =>
      (
        await fastify.inject({
          ...{ url: '/', remoteAddress: '10.0.0.1' },
          headers: { host, 'x-forwarded-proto': proto },
        })
      ).headers['cross-origin-opener-policy']
    for (const host of ['localhost:8000', '127.0.0.1:8000', '[::1]:8000'])
      assert.equal(await policyFor(host), 'same-origin', host)
    assert.equal(await policyFor('live.example', 'https'), 'same-origin')
    assert.equal(await policyFor('192.0.2.7:8000'), undefined)
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
