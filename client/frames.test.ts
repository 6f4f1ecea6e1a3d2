import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FramesRate } from './frames-rate.ts'

describe('how fast frames are sent', () => {
  test('[FR54] a network that is full gets fewer and smaller frames, and all of them again when it is not', () => {
    const rate = new FramesRate({ fps: 20, quality: 0.8 })
    assert.equal(rate.hasRoom(0), true)
    rate.sent(10_000)
    assert.equal(rate.hasRoom(20_000), true)
    assert.equal(rate.hasRoom(20_001), false)
    assert.ok(rate.quality < 0.8)
    for (let count = 0; count < 50; count++) assert.equal(rate.hasRoom(1e6), false)
    assert.ok(rate.quality >= 0.3)
    for (let count = 0; count < 200; count++) rate.hasRoom(0)
    assert.equal(rate.quality, 0.8)
  })

  test('[FR54] it sends a little more than anybody takes, never less than two a second, and all when told so', () => {
    const rate = new FramesRate({ fps: 20, quality: 0.8 })
    rate.told({ tooFast: true, taken: 8 })
    assert.equal(rate.fps, 10)
    rate.told({ tooFast: true, taken: 0 })
    assert.equal(rate.fps, 2)
    rate.told({ tooFast: false, taken: 0 })
    assert.equal(rate.fps, 20)
  })

  test('[FR54] a lower wish than the least quality is kept', () => {
    const rate = new FramesRate({ fps: 5, quality: 0.1 })
    rate.sent(10)
    for (let count = 0; count < 50; count++) rate.hasRoom(1000)
    assert.ok(Math.abs(rate.quality - 0.1) < 0.001)
    rate.wish = { fps: 30, quality: 0.5 }
    assert.deepEqual([rate.fps, rate.quality], [30, 0.5])
  })
})
