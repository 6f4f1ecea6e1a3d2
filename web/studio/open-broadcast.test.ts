import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OpenBroadcast, readOpen } from './open-broadcast.ts'

const OPEN: OpenBroadcast = {
  id: 'lecture',
  streamKey: 'sk_secret',
  title: 'Algebra',
  delivery: 'sfu',
  encoder: 'browser',
}

test('[WEB37] what was written is read again', () => {
  assert.deepEqual(readOpen(JSON.stringify(OPEN)), OPEN)
})

test('[WEB37] anything else is nothing', () => {
  for (const text of [
    null,
    '',
    'null',
    '[]',
    '{',
    JSON.stringify({ ...OPEN, streamKey: undefined }),
    JSON.stringify({ ...OPEN, delivery: 'pigeon' }),
    JSON.stringify({ ...OPEN, encoder: 1 }),
  ])
    assert.equal(readOpen(text), undefined)
})
