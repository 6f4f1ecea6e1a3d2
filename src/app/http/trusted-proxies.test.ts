import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { describe, test } from 'node:test'
import { ownPages } from './own-pages.ts'
import { TrustedProxies } from './trusted-proxies.ts'

const request = (remoteAddress: string, headers: IncomingHttpHeaders) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage

describe('trusted proxies', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8'])

  const table: [string, string | undefined, string][] = [
    ['198.51.100.1', undefined, '198.51.100.1'],
    ['198.51.100.1', '203.0.113.9', '198.51.100.1'], // a stranger says so
    ['10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['fd00::1', '2001:db8::5', '2001:db8::5'],
    ['10.0.0.1', '1.1.1.1, 203.0.113.9, 192.0.2.7', '203.0.113.9'], // the first is what the client made up
    ['10.0.0.1', '10.9.9.9', '10.9.9.9'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['192.0.2.8', '203.0.113.9', '192.0.2.8'],
  ]
  for (const [peer, forwarded, client] of table)
    test(`[PROXY1] ${peer} that says "${forwarded ?? ''}" stands for ${client}`, () => {
      assert.equal(proxies.addressOf(request(peer, { 'x-forwarded-for': forwarded })), client)
    })

  test('[PROXY2] only a trusted proxy says under which name and scheme the client came', () => {
    const headers = { host: 'inside:8000', 'x-forwarded-host': 'live.example', 'x-forwarded-proto': 'https' }

    assert.deepEqual(proxies.askedFor(request('10.0.0.1', headers)), {
      protocol: 'https',
      host: 'live.example',
    })
    assert.deepEqual(proxies.askedFor(request('203.0.113.9', headers)), {
      protocol: 'http',
      host: 'inside:8000',
    })
  })
})

describe('who may open a WebSocket', () => {
  const isOwnPage = ownPages('https://live.example/tv', new TrustedProxies(['10.0.0.1']))
  const table: [string, IncomingHttpHeaders, boolean][] = [
    ['a program', { host: 'a:8000' }, true],
    ['a page of the same host', { host: 'a:8000', origin: 'http://a:8000' }, true],
    ['a page of the public address', { host: 'inside', origin: 'https://live.example' }, true],
    ['a page of another site', { host: 'a:8000', origin: 'https://evil.example' }, false],
    ['a page of another port', { host: 'a:8000', origin: 'http://a:9000' }, false],
    ['a page without a site', { host: 'a:8000', origin: 'null' }, false],
    [
      'a page of the name that a stranger claims',
      { host: 'a', 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' },
      false,
    ],
  ]
  for (const [what, headers, allowed] of table)
    test(`[WS1] ${what} ${allowed ? 'may' : 'may not'}`, () => {
      assert.equal(isOwnPage(request('203.0.113.9', headers)), allowed)
    })

  test('[WS1] a page of the name that a trusted proxy was asked for may', () => {
    const headers = { host: 'inside', 'x-forwarded-host': 'tv.example', origin: 'https://tv.example' }
    assert.ok(isOwnPage(request('10.0.0.1', headers)))
  })
})
