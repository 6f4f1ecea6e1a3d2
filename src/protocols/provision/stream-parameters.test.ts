import assert from 'node:assert/strict'
import { test } from 'node:test'
import { streamParameter } from './stream-parameters.ts'

test('[BL1] a parameter comes in the query or in the body', () => {
  assert.equal(streamParameter({ query: { name: 'a' } }, 'name'), 'a')
  assert.equal(streamParameter({ query: {}, body: { name: '' } }, 'name'), '')
  assert.equal(streamParameter({ query: { name: 'a' }, body: { name: 'a' } }, 'name'), 'a')
  for (const body of [undefined, null, 'name=a', { name: null }, Object.create({ name: 'a' })])
    assert.equal(streamParameter({ query: undefined, body }, 'name'), undefined)
})

test('[BL1] a parameter that is there twice and differs, or is no text, is refused', () => {
  for (const request of [
    { query: { id: 'a' }, body: { id: 'b' } },
    { query: { id: ['a', 'b'] } },
    { body: { id: 7 } },
    { body: { id: { $ne: '' } } },
  ])
    assert.throws(() => streamParameter(request, 'id'), { code: 'bad-request' })
})
