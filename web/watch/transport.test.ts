import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passageOf } from './transport.ts'

test('[WEB40] a browser without WebRTC, without the codec, or behind a firewall is blocked, whenever that shows', () => {
  assert.equal(passageOf('failed', 'unsupported'), 'blocked')
  assert.equal(passageOf('failed', 'no-common-codec'), 'blocked')
  assert.equal(passageOf('failed', 'hls-only'), 'blocked')
  assert.equal(passageOf('connecting', 'connect-timeout'), 'blocked')
  assert.equal(passageOf('reconnecting', 'connect-timeout'), 'blocked')
})

test('[WEB40] while it connects nobody knows', () => {
  assert.equal(passageOf('connecting', undefined), 'unknown')
  assert.equal(passageOf('connecting', 'connection-lost'), 'unknown')
})

test('[WEB40] HLS would not help where it connected, where nothing is live, or where the server is away or refuses', () => {
  for (const state of ['waiting', 'live', 'reconnecting', 'offline', 'ended'] as const)
    assert.equal(passageOf(state, undefined), 'open', state)
  assert.equal(passageOf('connecting', 'unreachable'), 'open')
  assert.equal(passageOf('failed', 'not-allowed'), 'open')
})
