import assert from 'node:assert/strict'
import { test } from 'node:test'
import { librarySearchIn } from './library-search.ts'

test('[LB41] the address of a list is understood, and what it says wrongly is left out', () => {
  assert.deepEqual(librarySearchIn({ q: 'alps', kind: 'file', sort: 'name' }), {
    q: 'alps',
    kind: 'file',
    sort: 'name',
  })
  assert.deepEqual(librarySearchIn({ q: 2026, kind: 'broadcast', sort: 'newest' }), { q: '2026' })
  assert.deepEqual(librarySearchIn({ q: '  ', kind: ['file'], sort: null, other: 1 }), {})
})
