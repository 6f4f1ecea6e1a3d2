import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, test } from 'node:test'
import { iceServersFor } from './ice-servers.ts'
import { assertLoopback, openModeRefusal } from './open-mode.ts'

describe('open mode', () => {
  test('[OPEN1] only loopback addresses may be bound', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assertLoopback(host)
    for (const host of ['0.0.0.0', '::', '192.168.1.2', '10.0.0.1', 'example.org', '', '127.0.0.1.evil.org'])
      assert.throws(() => assertLoopback(host), /KLIEG_HOST/, host)
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
    [{ host, 'x-real-ip': '1.2.3.4' }, false],
    [{ host, via: '1.1 proxy' }, false],
  ]
  for (const [headers, allowed] of table)
    test(`[OPEN2] ${JSON.stringify(headers)} is ${allowed ? 'served' : 'refused'}`, () => {
      assert.equal(openModeRefusal(headers) === undefined, allowed)
    })
})

test('[ICE1] TURN servers come with credentials that expire, STUN servers without', () => {
  const now = 1_795_000_000_000
  const [stun, turn] = iceServersFor(['stun:a:3478', 'turn:b:3478'], 'shared', now)

  assert.deepEqual(stun, { urls: ['stun:a:3478'] })
  assert.equal(turn?.username, '1795086400:klieg')
  assert.match(turn.credential ?? '', /^[A-Za-z0-9+/]{27}=$/)
  assert.deepEqual(iceServersFor(['turn:b:3478'], '', now), [{ urls: ['turn:b:3478'] }])
})
