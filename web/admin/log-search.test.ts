import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterOf, logSearchIn } from './log-search.ts'

test('[WL50] the address of the page holds what is looked for, and nothing else', () => {
  const whole = {
    q: 'anna',
    who: 'signed-in',
    from: '2030-01-31',
    to: '2030-02-01',
    broadcast: 'lecture',
    page: 3,
  }
  assert.deepEqual(logSearchIn(whole), whole)
  assert.deepEqual(logSearchIn({ q: 42 }), { q: '42' })
  const wrong = { q: ['a'], who: 'all', from: 'now', to: '2030-99-01', page: -1, broadcast: {}, other: 1 }
  assert.deepEqual(logSearchIn(wrong), {})
  assert.equal(logSearchIn({ q: 'x'.repeat(999) }).q?.length, 200)
})

test('[WL50] days are those of the reader, the last one included', () => {
  assert.deepEqual(filterOf({}), {
    q: undefined,
    authenticated: undefined,
    from: undefined,
    to: undefined,
    broadcast: undefined,
  })
  assert.deepEqual(filterOf({ q: ' a ', who: 'anonymous', from: '2030-01-31', to: '2030-01-31' }), {
    q: 'a',
    authenticated: false,
    from: new Date(2030, 0, 31).toISOString(),
    to: new Date(2030, 1, 1).toISOString(),
    broadcast: undefined,
  })
  assert.equal(filterOf({ who: 'signed-in' }).authenticated, true)
})
