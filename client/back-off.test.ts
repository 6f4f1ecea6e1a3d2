import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { backOff } from './back-off.ts'

function chance(t: TestContext, value: number) {
  t.mock.method(Math, 'random', () => value)
}

describe('backOff', () => {
  test('[CL52] waits double from a quarter of a second to eight', (t) => {
    chance(t, 1)

    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 6, 100].map((attempt) => backOff(attempt)),
      [250, 500, 1000, 2000, 4000, 8000, 8000, 8000],
    )
  })

  test('[CL52] chance decides about all of a wait, so that a crowd spreads', (t) => {
    chance(t, 0)
    assert.equal(backOff(5), 0)
  })

  test('[CL53] a wait is never shorter than the server said, and spreads beyond it', (t) => {
    chance(t, 0)
    assert.equal(backOff(0, 4), 4000)
    t.mock.reset()
    chance(t, 1)

    assert.equal(backOff(0, 4), 5000)
    assert.equal(backOff(5, 4), 8000)
  })
})
