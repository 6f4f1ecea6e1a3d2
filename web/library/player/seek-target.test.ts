import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seekTarget } from './seek-target.ts'

test('[LB43] arrows, j and l, Home and End and digits go somewhere, never beyond the ends', () => {
  const video = { currentTime: 50, duration: 100 }
  const targets = ['arrowleft', 'arrowright', 'j', 'l', 'home', 'end', '0', '3'].map((key) =>
    seekTarget(key, video),
  )
  assert.deepEqual(targets, [45, 55, 40, 60, 0, 100, 0, 30])
  assert.equal(seekTarget('j', { currentTime: 3, duration: 100 }), 0)
  assert.equal(seekTarget('l', { currentTime: 97, duration: 100 }), 100)
  assert.equal(seekTarget('x', video), undefined)
  assert.equal(seekTarget('arrowright', { currentTime: 0, duration: NaN }), undefined)
})
