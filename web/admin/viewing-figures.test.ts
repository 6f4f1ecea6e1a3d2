import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesText, intervalsText, momentText } from './viewing-figures.ts'

/** With spaces that may break. */
const plain =
  <Value>(text: (value: Value) => string) =>
  (value: Value) =>
    text(value).replaceAll('\u00a0', ' ')

test('[WL51] sizes, intervals and moments read as people say them', () => {
  const sizes = [0, 999, 1000, 850_400, 9_940_000, 9_990_000, 999_900_000, 3_200_000_000_000_000]
  assert.deepEqual(sizes.map(plain(bytesText)), [
    '0 B',
    '999 B',
    '1.0 kB',
    '850 kB',
    '9.9 MB',
    '10 MB',
    '1.0 GB',
    '3200 TB',
  ])

  assert.equal(intervalsText({ intervals: [], intervalUnit: 'seconds' }), '')
  assert.equal(intervalsText({ intervals: [[10, 70.9]], intervalUnit: 'seconds' }), '0:10–1:10')
  assert.equal(
    plain(intervalsText)({
      intervals: [
        [0, 1000],
        [2000, 3000],
        [4000, 5000],
        [6000, 7000],
        [8000, 9000],
      ],
      intervalUnit: 'bytes',
    }),
    '0 B–1.0 kB, 2.0 kB–3.0 kB and 3 more',
  )

  const now = new Date(2030, 5, 15, 14, 5).getTime()
  assert.doesNotMatch(momentText(now, now), /15|2030/)
  assert.match(momentText(new Date(2030, 0, 31, 8, 7).getTime(), now), /31/)
  assert.doesNotMatch(momentText(new Date(2030, 0, 31, 8, 7).getTime(), now), /2030/)
  assert.match(momentText(new Date(2029, 0, 31).getTime(), now), /2029/)
})
