import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from './buffer-pool.ts'

function setUp() {
  return new BufferPool({ large: 256, largeAtMost: 2, small: 64, smallKept: 1 })
}
const sizes = (buffers: Buffer[]) => buffers.map(({ length }) => length)

test('[RD13] large buffers are few, and small ones for the rest', () => {
  const pool = setUp()
  const taken = [1000, 1000, 1000, 1000].map((wanted) => pool.take(wanted))

  assert.deepEqual(sizes(taken), [256, 256, 64, 64])
  pool.give(taken[0]!)
  assert.equal(pool.take(1000), taken[0])
})

test('[RD13] little is read into a small one', () => {
  assert.deepEqual(sizes([setUp().take(64), setUp().take(65)]), [64, 256])
})

test('[RD13] small ones are kept up to a number', () => {
  const pool = setUp()
  const [first, second] = [pool.take(1), pool.take(1)]
  pool.give(first)
  pool.give(second)

  assert.equal(pool.take(1), first)
  assert.notEqual(pool.take(1), second)
})

test('[RD13] one that is lost makes room for another', () => {
  const pool = setUp()
  const taken = [pool.take(1000), pool.take(1000)]
  pool.lose(taken[0]!)

  const next = pool.take(1000)
  assert.equal(next.length, 256)
  assert.ok(!taken.includes(next))
})
