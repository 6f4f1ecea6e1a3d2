import assert from 'node:assert/strict'
import { test } from 'node:test'
import { thumbnailSize } from './thumbnail-size.ts'

test('[WEB38] large pictures shrink to 640 in their shape, small ones stay', () => {
  assert.deepEqual(thumbnailSize(1920, 1080), { width: 640, height: 360 })
  assert.deepEqual(thumbnailSize(1080, 1920), { width: 640, height: 1138 })
  assert.deepEqual(thumbnailSize(320, 240), { width: 320, height: 240 })
})
