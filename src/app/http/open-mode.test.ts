import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, test } from 'node:test'
import { assertLoopback, openModeRefusal } from './open-mode.ts'

describe('open mode', () => {
  test('[OPEN1] only loopback addresses may be bound', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assertLoopback({ host, iceHost: '' })
    for (const host of ['0.0.0.0', '::', '192.168.1.2', '10.0.0.1', 'example.org', '', '127.0.0.1.evil.org'])
      assert.throws(() => assertLoopback({ host, iceHost: '' }), /KLIEG_HOST/, host)
    assert.throws(() => assertLoopback({ host: '127.0.0.1', iceHost: '0.0.0.0' }), /KLIEG_ICE_HOST/)
  })

  const host = '127.0.0.1:8000'
  const table: [IncomingHttpHeaders, boolean][] = [
    [{ host }, true],
    [{ host: 'localhost:8000' }, true],
    [{ host: '[::1]:8000' }, true],
    [{ host: 'evil.example' }, false],
    [{ host: '127.0.0.1.evil.example:8000' }, false],
    [{}, false],
    [{ host, 'x-forwarded-for': '1.2.3.4' }, false],
    [{ host, forwarded: 'for=1.2.3.4' }, false],
    [{ host, 'x-forwarded-proto': 'https' }, false],
    [{ host, 'x-forwarded-port': '443' }, false],
    [{ host, 'x-real-ip': '1.2.3.4' }, false],
    [{ host, via: '1.1 proxy' }, false],
  ]
  for (const [headers, allowed] of table)
    test(`[OPEN2] ${JSON.stringify(headers)} is ${allowed ? 'served' : 'refused'}`, () => {
      assert.equal(openModeRefusal(headers) === undefined, allowed)
    })
})
