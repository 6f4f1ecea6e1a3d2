import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionOf } from '../../test/support/fake-authentication.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { RateLimit } from './rate-limit.ts'

function setUp() {
  const clock = new FakeClock()
  const rates = new RateLimit(clock)
  /** How often of `times` it was allowed. */
  const allowed = (times: number, visitor: Parameters<RateLimit['take']>[2], what = 'make') => {
    let count = 0
    for (let time = 0; time < times; time++)
      try {
        rates.take(what, 10, visitor)
        count++
      } catch (error) {
        assert.equal((error as { code: string }).code, 'too-many-requests')
      }
    return count
  }
  return { clock, rates, allowed }
}

describe('the rate limit', () => {
  test('[ACC5] what costs may be done so often a minute, each thing by itself, then again', () => {
    const { clock, rates, allowed } = setUp()
    const visitor = { address: '192.0.2.7' }
    assert.equal(allowed(12, visitor), 10)
    assert.equal(allowed(12, visitor, 'export'), 10)
    assert.equal(allowed(12, { address: '192.0.2.8' }), 10)
    clock.advance(20_000)
    assert.throws(() => rates.take('make', 10, visitor), { retryAfter: 40 })
    clock.advance(40_000)
    assert.equal(allowed(12, visitor), 10)
  })

  test('[ACC6] an account is one visitor at all its addresses; an address speaks for some accounts', () => {
    const { allowed } = setUp()
    const ann = sessionOf('broadcaster', 'ann')
    assert.equal(allowed(6, { address: '192.0.2.1', identity: ann }), 6)
    assert.equal(allowed(6, { address: '192.0.2.2', identity: ann }), 4)
    let all = 0
    for (let account = 0; account < 15; account++)
      all += allowed(10, { address: '192.0.2.3', identity: sessionOf('broadcaster', `user ${account}`) })
    assert.equal(all, 100)
  })
})
