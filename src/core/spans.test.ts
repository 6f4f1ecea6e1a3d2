import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_SPANS, type Span, withSpan } from './spans.ts'

const spansOf = (...spans: Span[]) => spans.reduce<readonly Span[]>(withSpan, [])

test('[WL11] spans are merged where they touch or overlap, and kept in order', () => {
  assert.deepEqual(spansOf([5, 6], [1, 2], [3, 4]), [
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  assert.deepEqual(spansOf([0, 2], [2, 4]), [[0, 4]])
  assert.deepEqual(spansOf([0, 2], [6, 8], [1, 7]), [[0, 8]])
  assert.deepEqual(spansOf([0, 9], [3, 4]), [[0, 9]])
})

test('[WL11] what is no span is left out', () => {
  assert.deepEqual(spansOf([3, 3], [5, 4], [-1, 2], [NaN, 2], [0, NaN], [0, Infinity]), [])
})

test('[WL11] beyond the bound, spans are drawn together where the gap is smallest', () => {
  let spans: readonly Span[] = []
  for (let index = 0; index < MAX_SPANS; index++) spans = withSpan(spans, [index * 100, index * 100 + 10])
  spans = withSpan(spans, [550, 595])

  assert.equal(spans.length, MAX_SPANS)
  assert.deepEqual(
    spans.find(([from]) => from === 550),
    [550, 610],
  )
})
