import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { DecodeTimes, reorderingOf } from './decode-times.ts'

const FRAME = 3000
const START = 900_000

/** Order in which an encoder sends pictures, by groups: the last of each first, the others as a pyramid. */
function decodeOrder(groups: readonly number[]): number[] {
  const order = [0]
  let shown = 1
  for (const between of groups) {
    order.push(shown + between, ...pyramid(shown, shown + between))
    shown += between + 1
  }
  return order
}

function pyramid(from: number, to: number): number[] {
  if (from >= to) return []
  const middle = (from + to) >> 1
  return [middle, ...pyramid(from, middle), ...pyramid(middle + 1, to)]
}

/** How many pictures are decoded before one and shown after it, at most. */
function depthOf(order: readonly number[]): number {
  return Math.max(
    ...order.map((picture, index) => order.slice(0, index).filter((earlier) => earlier > picture).length),
  )
}

const groups = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 20 })

function decodeTimes(timestamps: readonly number[], frames: number): number[] {
  const times = new DecodeTimes({ reordering: { frames, frameRate: 30 }, timescale: 90_000 })
  return timestamps.map((timestamp) => times.next(timestamp))
}

function assertRising(times: readonly number[]): void {
  for (const [index, time] of times.entries())
    assert.ok(Number.isInteger(time) && time > (times[index - 1] ?? -1), String(times))
}

describe('DecodeTimes', () => {
  test('[MP15] without reordering a picture is decoded when it is shown', () => {
    assert.deepEqual(decodeTimes([0, 3000, 6010, 8999], 0), [0, 3000, 6010, 8999])

    const times = new DecodeTimes({ reordering: { frames: 0 }, timescale: 90_000 })
    let timestamp = 0
    assert.ok(allocatedBytesPerCall(() => times.next((timestamp += 3000))) < 1)
  })

  test('[MP16] announced reordering', () => {
    const property = fc.property(groups, fc.integer({ min: 0, max: 900 }), (sizes, jitter) => {
      const order = decodeOrder(sizes)
      const depth = depthOf(order)
      const timestamps = order.map((picture) => START + picture * FRAME + ((picture * 7919) % (jitter + 1)))
      const times = decodeTimes(timestamps, depth)

      assertRising(times)
      for (const [index, time] of times.entries()) assert.ok(time <= timestamps[index]!)
      const shown = timestamps.toSorted((a, b) => a - b)
      assert.deepEqual(times.slice(depth), shown.slice(0, shown.length - depth))
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('[MP16] the first pictures are as far apart as the frame rate says', () => {
    const timestamps = [0, 4, 2, 1, 3].map((picture) => START + picture * FRAME)

    assert.deepEqual(
      decodeTimes(timestamps, 2),
      [-2, -1, 0, 1, 2].map((picture) => START + picture * FRAME),
    )
  })

  test('[MP17] any timestamps give rising times', () => {
    const timestamps = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 60 })
    const property = fc.property(timestamps, fc.integer({ min: 0, max: 20 }), (shown, frames) =>
      assertRising(decodeTimes(shown, frames)),
    )
    fc.assert(property, { numRuns: 500 })
  })

  test('[MP18] more reordering than announced', () => {
    const property = fc.property(fc.integer({ min: 1, max: 7 }), (between) => {
      const order = decodeOrder(new Array<number>(30).fill(between))
      const timestamps = order.map((picture) => picture * FRAME)
      const times = decodeTimes(timestamps, 0)

      assertRising(times)
      for (let index = order.length >> 1; index < order.length; index++)
        assert.ok(times[index]! <= timestamps[index]!, `${index}: ${times[index]} > ${timestamps[index]}`)
    })
    fc.assert(property)
  })

  test('[MP19] only an H264 parameter set announces reordering', () => {
    const pps = [Buffer.from('68ce3c80', 'hex')]
    const sps = Buffer.from('6742c00ada11ec0440', 'hex')

    assert.deepEqual(reorderingOf({ codec: 'H264', sps, pps }), { frames: 0 })
    assert.deepEqual(reorderingOf({ codec: 'H264', sps: Buffer.alloc(4), pps }), { frames: 0 })
    assert.deepEqual(reorderingOf({ codec: 'opus', channels: 2 }), { frames: 0 })
  })
})
