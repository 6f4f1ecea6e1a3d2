import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bitrateText, clockText, percentText, resolutionText, spanText, viewersText } from './figures.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('[WEB4] durations read as clocks and as words', () => {
  assert.deepEqual([-5, 65_000, HOUR + 2 * MINUTE + 3000].map(clockText), ['0:00', '1:05', '1:02:03'])
  assert.deepEqual([-1, 59_999, 12 * MINUTE, 3 * HOUR, 3 * HOUR + 5 * MINUTE, 49 * HOUR].map(spanText), [
    'just now',
    'just now',
    '12 min',
    '3 h',
    '3 h 5 min',
    '2 days',
  ])
})

test('[WEB4] rates and sizes read in their usual units', () => {
  assert.deepEqual([0, 850_400, 999_600, 2_540_000].map(bitrateText), [
    '0 kbit/s',
    '850 kbit/s',
    '1.0 Mbit/s',
    '2.5 Mbit/s',
  ])
  assert.deepEqual([resolutionText(1280, 720), resolutionText(720, 1280)], ['720p', '720p'])
  assert.deepEqual([0, 1, 12_345].map(viewersText), ['0 viewers', '1 viewer', '12,345 viewers'])
})

test('[WEB4] a small share is not shown as nothing', () => {
  assert.deepEqual([0, 0.0002, 0.004, 0.05, 0.123].map(percentText), [
    '0 %',
    '< 0.1 %',
    '0.4 %',
    '5 %',
    '12 %',
  ])
})
