import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Periods } from './periods.ts'

test('[RC16] renditions that notice the same gap at slightly different times share its number', () => {
  const periods = new Periods()
  assert.equal(periods.of(1000, false, undefined), 0)
  assert.equal(periods.of(1010, false, undefined), 0)
  periods.mediaUntil(9000)
  assert.equal(periods.of(30_000, true, 0), 1)
  assert.equal(periods.of(29_500, true, 0), 1)
  assert.equal(periods.of(32_000, false, 1), 1)
  assert.equal(periods.of(60_000, true, 1), 2)
})

test('[RC16] a rendition that was away for a whole period skips its number', () => {
  const periods = new Periods()
  assert.equal(periods.of(0, false, undefined), 0) // sound and picture
  periods.mediaUntil(5000)
  assert.equal(periods.of(20_000, true, 0), 1) // picture alone
  periods.mediaUntil(25_000)
  assert.equal(periods.of(40_000, true, 1), 2) // both
  assert.equal(periods.of(40_200, true, 0), 2)
})

test('[RC16] a rendition that is new after a gap does not belong to what was before, though it comes first', () => {
  const periods = new Periods()
  assert.equal(periods.of(0, false, undefined), 0)
  periods.mediaUntil(5000)
  assert.equal(periods.of(20_000, false, undefined), 1)
  assert.equal(periods.of(20_400, true, 0), 1)
})

test('[RC16] a rendition that is new in the middle belongs to what is there', () => {
  const periods = new Periods()
  assert.equal(periods.of(0, false, undefined), 0)
  periods.mediaUntil(5000)
  assert.equal(periods.of(5100, false, undefined), 0)
})
