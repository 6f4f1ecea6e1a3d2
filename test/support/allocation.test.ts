import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allocatedBytesPerCall } from './allocation.ts'

describe('allocatedBytesPerCall', () => {
  test('[ALLOC1] a function that allocates nothing is measured as less than a byte', () => {
    const bytes = Buffer.alloc(16)
    let sum = 0

    assert.ok(allocatedBytesPerCall(() => (sum = (sum + bytes.readUInt32BE(4)) & 0xffff)) < 1)
  })

  test('[ALLOC2] an object, a closure, a large array or a slice of a buffer is measured', () => {
    const bytes = Buffer.alloc(16)
    const measured = {
      object: allocatedBytesPerCall(() => ({ at: bytes[0] })),
      closure: allocatedBytesPerCall(() => () => bytes),
      array: allocatedBytesPerCall(() => Array.from({ length: 100 }, (_, index) => index)),
      slice: allocatedBytesPerCall(() => bytes.subarray(4)),
    }

    assert.ok(measured.object >= 12, `object: ${measured.object}`)
    assert.ok(measured.closure >= 12, `closure: ${measured.closure}`)
    assert.ok(measured.array >= 400, `array: ${measured.array}`)
    assert.ok(measured.slice >= 40, `slice: ${measured.slice}`)
  })
})
