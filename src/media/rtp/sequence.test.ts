import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sequenceDistance, timestampDistance, unwrapSequence, unwrapTimestamp } from './sequence.ts'

test('[RTP6] a distance is signed and goes the shorter way round', () => {
  assert.equal(sequenceDistance(0xffff, 0), 1)
  assert.equal(sequenceDistance(0, 0xffff), -1)
  assert.equal(sequenceDistance(5, 5), 0)
  assert.equal(sequenceDistance(0, 0x8000), -0x8000)
  assert.equal(timestampDistance(0xffffffff, 1), 2)
  assert.equal(timestampDistance(1, 0xffffffff), -2)
})

test('[RTP6] numbers that wrapped any number of times are unwrapped', () => {
  const property = fc.property(
    fc.integer({ min: 0, max: 2 ** 45 }),
    fc.integer({ min: -0x8000, max: 0x7fff }),
    (last, step) => {
      const next = last + step
      assert.equal(unwrapSequence(last, ((next % 0x10000) + 0x10000) % 0x10000), next)
      const nextTimestamp = last + step * 0x10000
      assert.equal(unwrapTimestamp(last, ((nextTimestamp % 2 ** 32) + 2 ** 32) % 2 ** 32), nextTimestamp)
    },
  )
  fc.assert(property)
})
