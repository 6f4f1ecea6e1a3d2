import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Periods } from './periods.ts'

/** Periods, told in short. */
function setUp() {
  const periods = new Periods()
  return (startedAt: number, discontinuities: number, previous?: number, resuming = false) =>
    periods.of({ startedAt, discontinuities, previous, resuming })
}

test('[RC16] a publisher that is back begins a period, the same in all renditions', () => {
  const periodOf = setUp()
  assert.equal(periodOf(1000, 3), 0)
  assert.equal(periodOf(1010, 3), 0)
  assert.equal(periodOf(9000, 3, 0), 0)
  assert.equal(periodOf(30_000, 4, 0), 1)
  assert.equal(periodOf(29_500, 4, 0), 1)
  assert.equal(periodOf(32_000, 4, 1), 1)
})

test('[RC16] a rendition that was away for a whole period skips its number', () => {
  const periodOf = setUp()
  assert.equal(periodOf(0, 0), 0) // sound and picture
  assert.equal(periodOf(20_000, 1, 0), 1) // picture alone
  assert.equal(periodOf(40_000, 2, 1), 2) // both
  assert.equal(periodOf(40_200, 2, 0), 2)
})

test('[RC16] a rendition that is new belongs to what is there, whether it comes first or last', () => {
  const periodOf = setUp()
  assert.equal(periodOf(0, 0), 0)
  assert.equal(periodOf(5000, 0), 0)
  assert.equal(periodOf(20_000, 1), 1)
  assert.equal(periodOf(20_400, 1, 0), 1)
})

test('[RC16] a recording that goes on after a pause begins a period, in all renditions that paused', () => {
  const periodOf = setUp()
  assert.equal(periodOf(0, 0), 0)
  assert.equal(periodOf(20_000, 0, 0, true), 1)
  assert.equal(periodOf(20_900, 0, 0, true), 1)
  assert.equal(periodOf(22_000, 0, 1), 1)
  assert.equal(periodOf(22_000, 0), 1) // new just then
  assert.equal(periodOf(60_000, 0, 1, true), 2)
})
