import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agoOf, dayOf } from './moment-text.ts'

test('[AC122] moments are told as people say them', () => {
  const now = Date.parse('2030-06-15T12:00:00Z')
  const at = (off: number) => agoOf(new Date(now + off).toISOString(), now)

  assert.deepEqual(
    [at(-5_000), at(-60_000), at(-7_200_000), at(-86_400_000), at(30 * 86_400_000)],
    ['just now', '1 minute ago', '2 hours ago', 'yesterday', 'in 30 days'],
  )
  assert.equal(dayOf('2030-06-15T12:00:00Z'), 'June 15, 2030')
})
