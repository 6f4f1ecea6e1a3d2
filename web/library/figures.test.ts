import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codecText } from './codec-text.ts'
import { dateText } from './date-text.ts'
import { sizeText } from './size-text.ts'

test('[LB41] sizes read as people say them', () => {
  assert.deepEqual(
    [0, 3, 850_000, 999_600, 12_400_000, 12_000_000, 1_300_000_000, 250e9, 5e12].map(sizeText),
    ['0 kB', '1 kB', '850 kB', '1 MB', '12.4 MB', '12 MB', '1.3 GB', '250 GB', '5 TB'],
  )
})

test('[LB41] codecs and dates read as people say them', () => {
  assert.deepEqual(['h264', 'hevc', 'opus', 'aac'].map(codecText), ['H264', 'H265', 'Opus', 'AAC'])
  assert.equal(dateText('2026-01-03T12:00:00.000Z'), '3 Jan 2026')
})
