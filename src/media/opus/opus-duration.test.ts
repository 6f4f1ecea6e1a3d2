import assert from 'node:assert/strict'
import { test } from 'node:test'
import { opusDuration } from './opus-duration.ts'

/** Frame durations in milliseconds by configuration (RFC 6716 table 2). */
const SILK = [10, 20, 40, 60]
const CELT = [2.5, 5, 10, 20]
const FRAMES = [...SILK, ...SILK, ...SILK, 10, 20, 10, 20, ...CELT, ...CELT, ...CELT, ...CELT]

test('[MP14] one frame, two frames, or as many as it says', () => {
  for (const [configuration, milliseconds] of FRAMES.entries()) {
    const toc = configuration << 3
    assert.equal(opusDuration(Buffer.of(toc)), milliseconds * 48)
    assert.equal(opusDuration(Buffer.of(toc | 4 | 1)), milliseconds * 48 * 2)
    assert.equal(opusDuration(Buffer.of(toc | 2, 0)), milliseconds * 48 * 2)
    assert.equal(opusDuration(Buffer.of(toc | 3, 0xc0 | 2)), milliseconds * 48 * 2)
  }
})

test('[MP14] a malformed packet lasts 0', () => {
  assert.equal(opusDuration(Buffer.alloc(0)), 0)
  assert.equal(opusDuration(Buffer.of(0x03)), 0, 'no frame count')
  assert.equal(opusDuration(Buffer.of(0x03, 0)), 0, 'no frames')
  assert.equal(opusDuration(Buffer.of(0x1b, 3)), 0, 'more than 120 ms')
})
