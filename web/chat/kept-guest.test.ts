import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepGuest, keptGuest } from './kept-guest.ts'

test('[CH82] a guest keeps name and identity in the browser, where it lets them', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  assert.deepEqual(keptGuest(storage), {})

  keepGuest({ name: 'Ann' }, storage)
  keepGuest({ guest: 'g' }, storage)
  assert.deepEqual(keptGuest(storage), { name: 'Ann', guest: 'g' })

  for (const nonsense of ['{', 'null', '{"name":1}']) {
    kept.set('klieg.chat', nonsense)
    assert.deepEqual(keptGuest(storage), {})
  }
  const closed = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full')
    },
  }
  keepGuest({ name: 'Ann' }, closed)
})
