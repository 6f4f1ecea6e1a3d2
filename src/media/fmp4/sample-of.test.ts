import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbitraryUnits } from '../../../test/support/arbitrary-units.ts'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import type { AccessUnit } from '../access-unit.ts'
import { sampleOf } from './sample-of.ts'

const unitOf = (data: Buffer): AccessUnit => ({ timestamp: 0, keyFrame: true, afterLoss: false, data })
const nals = (...types: number[]) =>
  Buffer.concat(types.map((type) => Buffer.from([0, 0, 0, 2, 0x60 | type, type])))
const obus = (...types: number[]) =>
  Buffer.concat(types.map((type) => Buffer.from([(type << 3) | 2, 1, type])))

const h264 = (...types: number[]) => Buffer.from(sampleOf('H264', unitOf(nals(...types))))
const av1 = (...types: number[]) => Buffer.from(sampleOf('AV1', unitOf(obus(...types))))

test('[MP12] delimiters and filler are left out of H264, parameter sets are not', () => {
  assert.deepEqual(h264(9, 7, 8, 5), nals(7, 8, 5))
  assert.deepEqual(h264(9, 7, 13, 8, 6, 5, 5), nals(7, 13, 8, 6, 5, 5))
  assert.deepEqual(h264(6, 7, 8, 12, 5, 12), nals(6, 7, 8, 5))
  assert.deepEqual(h264(6, 1, 1), nals(6, 1, 1))
  assert.deepEqual(h264(9, 12), nals())
})

test('[MP12] delimiters, tile lists and padding are left out of AV1', () => {
  assert.deepEqual(av1(2, 1, 6), obus(1, 6))
  assert.deepEqual(av1(1, 15, 6, 8, 3, 15), obus(1, 6, 3))
  assert.deepEqual(
    Buffer.from(sampleOf('AV1', unitOf(Buffer.from([0x12, 0, 0x30, 1, 2])))),
    Buffer.of(0x30, 1, 2),
  )
})

for (const codec of ['VP8', 'VP9', 'opus'] as const)
  test(`[MP12] ${codec} stays as it was`, () => {
    fc.assert(
      fc.property(arbitraryUnits(codec, 5), (units) => {
        for (const unit of units) assert.equal(sampleOf(codec, unit), unit.data)
      }),
      { numRuns: 20 },
    )
  })

test('[MP13] a sample is a view of its unit', () => {
  const key = unitOf(nals(9, 7, 8, 5))
  const other = unitOf(nals(1, 1))

  assert.equal(sampleOf('H264', key).buffer, key.data.buffer)
  assert.equal(sampleOf('H264', other), other.data)
  assert.ok(allocatedBytesPerCall(() => sampleOf('H264', other)) < 1)
})
