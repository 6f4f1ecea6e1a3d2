import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasonOf } from './reason-of.ts'

test('[DB48] a reason names what lies behind it, and each of several', () => {
  const refused = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')])
  const error = new Error('the database cannot be used', { cause: refused })

  assert.equal(reasonOf(error), 'the database cannot be used: refused by ::1; refused by 127.0.0.1')
  assert.equal(reasonOf('just so'), 'just so')
})
