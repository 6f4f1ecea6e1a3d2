import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audienceRange } from './audience-range.ts'

const HOUR = 3_600_000
const ended = { createdAt: 0, startedAt: 10 * HOUR, endedAt: 11 * HOUR }
const live = { ...ended, endedAt: null }

test('[WL43] by default it is the latest run, in at most 240 points', () => {
  assert.deepEqual(audienceRange(ended, 99 * HOUR), { from: 10 * HOUR, to: 11 * HOUR, step: 15_000 })
  assert.deepEqual(audienceRange(live, 10 * HOUR + 60_000), {
    from: 10 * HOUR,
    to: 10 * HOUR + 60_000,
    step: 1_000,
  })
  assert.deepEqual(audienceRange({ ...live, startedAt: null }, 0), { from: 0, to: 1_000, step: 1_000 })
  for (let hours = 0.01; hours < 100_000; hours *= 1.7) {
    const { from, to, step } = audienceRange(live, (10 + hours) * HOUR)
    assert.ok((to - from) / step <= 240, `${hours} hours`)
  }
})

test('[WL43] another range and step may be asked for, up to 2000 points', () => {
  assert.deepEqual(audienceRange(ended, 0, { from: 5, to: 9, step: 2 }), { from: 5, to: 9, step: 2 })
  assert.throws(() => audienceRange(ended, 0, { from: 9, to: 9 }), { code: 'bad-request' })
  assert.throws(() => audienceRange(ended, 0, { from: 0, to: 2_001_000, step: 1_000 }), {
    code: 'bad-request',
  })
})
