import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shouldFallBack } from './transport.ts'

test('[WEB40] HLS takes over where WebRTC does not connect, or the browser has no codec for it', () => {
  assert.equal(shouldFallBack('connecting', undefined), true)
  assert.equal(shouldFallBack('connecting', 'ice-failed'), true)
  assert.equal(shouldFallBack('failed', 'no-common-codec'), true)
})

test('[WEB40] but not where it connected, where nothing is live, or where the server is away', () => {
  for (const state of ['waiting', 'live', 'reconnecting', 'offline', 'ended'] as const)
    assert.equal(shouldFallBack(state, undefined), false, state)
  assert.equal(shouldFallBack('connecting', 'unreachable'), false)
  assert.equal(shouldFallBack('failed', 'not-allowed'), false)
})
