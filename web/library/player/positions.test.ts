import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { percentSeen, positionsAfter, positionsIn } from './positions.ts'

const at = (seconds: number, seenAt = 1) => ({ at: seconds, duration: 100, seenAt })

describe('where somebody stopped watching', () => {
  test('[LB42] it is kept, but not when watching has hardly begun or is nearly over', () => {
    const kept = positionsAfter({}, 'file/a', at(50))
    assert.deepEqual(kept, { 'file/a': at(50) })
    assert.deepEqual(positionsAfter(kept, 'file/b', at(60)), { 'file/a': at(50), 'file/b': at(60) })
    assert.deepEqual(positionsAfter(kept, 'file/a', at(5)), {})
    assert.deepEqual(positionsAfter(kept, 'file/a', at(90)), {})
  })

  test('[LB42] the oldest are forgotten', () => {
    let kept = {}
    for (let number = 0; number < 250; number++) kept = positionsAfter(kept, `file/${number}`, at(50, number))
    assert.equal(Object.keys(kept).length, 200)
    assert.ok('file/249' in kept && !('file/49' in kept))
  })

  test('[LB42] what is not understood is left out', () => {
    for (const text of [null, '', 'x', '[]', 'null', '7', '{"a":1,"b":{"at":"x"},"c":null}'])
      assert.deepEqual(positionsIn(text), {})
    assert.deepEqual(positionsIn(JSON.stringify({ a: at(3), b: 1 })), { a: at(3) })
  })

  test('[LB42] how much was seen is never nothing and never more than all', () => {
    assert.deepEqual([at(0.1), at(50), at(500)].map(percentSeen), [1, 50, 100])
    assert.equal(percentSeen({ at: 5, duration: 0, seenAt: 1 }), 0)
  })
})
