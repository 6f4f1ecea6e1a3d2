import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodingOf, FIRST_PLAN, wishOf } from './broadcast-plan.ts'

test('[WEB31] the server hears of title, audience and delivery', () => {
  const plan = { ...FIRST_PLAN, title: '  Algebra ', visibility: 'unlisted' as const }

  assert.deepEqual(wishOf(plan), { title: 'Algebra', visibility: 'unlisted', delivery: 'sfu' })
})

test('[WEB31] the browser hears of codec, layers and bitrate', () => {
  const frames = { fps: 15, quality: 0.7 }
  const way = 'automatic'
  assert.deepEqual(encodingOf(FIRST_PLAN), {
    way,
    frames,
    simulcast: false,
    codecs: undefined,
    maxBitrate: 2_500_000,
  })
  assert.deepEqual(encodingOf({ ...FIRST_PLAN, codec: 'VP9', simulcast: true, maxBitrate: 5_000_000 }), {
    way,
    frames,
    simulcast: true,
    codecs: ['VP9'],
    maxBitrate: 5_000_000,
  })
})

test('[WEB31] between peers there is no simulcast', () => {
  assert.equal(encodingOf({ ...FIRST_PLAN, simulcast: true, delivery: 'p2p' }).simulcast, false)
})
