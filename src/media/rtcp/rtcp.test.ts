import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import * as read from './read.ts'
import * as write from './write.ts'

const buffer = () => Buffer.alloc(512)

/** Types of the packets in a compound; reads all that each may hold. */
function walk(compound: Buffer): number[] {
  const types: number[] = []
  let offset = 0
  for (;;) {
    const length = read.packetLength(compound, offset)
    if (length < 8) return types
    types.push(read.packetType(compound, offset))
    for (let index = 0; index < 32; index++) {
      const block = read.reportBlock(compound, offset, index)
      if (block < 0) break
      read.blockFractionLost(compound, block)
      read.blockDelay(compound, block)
    }
    read.rembBitrate(compound, offset)
    offset += length
  }
}

describe('RTCP', () => {
  test('[RTCP1] a sender report tells time to the millisecond', () => {
    const target = buffer()
    const time = 1_795_000_123_456
    const length = write.writeSenderReport(target, 7, time, 90_000, 3, 4)

    assert.equal(read.packetLength(target.subarray(0, length), 0), 28)
    assert.equal(read.senderSsrc(target, 0), 7)
    assert.ok(Math.abs(read.reportTime(target, 0) - time) < 0.01)
    assert.equal(read.reportRtpTimestamp(target, 0), 90_000)
  })

  test('[RTCP2] report blocks come back as they were written', () => {
    const target = buffer()
    const block = {
      ssrc: 9,
      fractionLost: 64,
      lost: 5,
      highestSequence: 70_000,
      jitter: 12,
      lastReport: 0xdeadbeef,
      delay: 65_536,
    }
    write.writeReceiverReport(target, 1, [block, { ...block, ssrc: 10 }])

    assert.equal(read.countOrFormat(target, 0), 2)
    const second = read.reportBlock(target, 0, 1)
    assert.equal(read.blockSsrc(target, second), 10)
    assert.equal(read.blockFractionLost(target, second), 0.25)
    assert.equal(read.blockLastReport(target, second), 0xdeadbeef)
    assert.equal(read.blockDelay(target, second), 65_536)
    assert.equal(read.reportBlock(target, 0, 2), -1)
  })

  test('[RTCP3] key-frame requests, retransmission requests and rates are told to the right stream', () => {
    const target = buffer()
    const pli = target.subarray(0, write.writePli(target, 1, 42))
    assert.deepEqual(
      [read.packetType(pli, 0), read.countOrFormat(pli, 0), read.mediaSsrc(pli, 0)],
      [206, 1, 42],
    )
    const nack = target.subarray(0, write.writeNack(target, 1, 42, 65_535, 0b101))
    assert.deepEqual(
      [read.packetType(nack, 0), nack.readUInt16BE(12), nack.readUInt16BE(14)],
      [205, 65_535, 5],
    )
    for (const bitrate of [150_000, 2_500_000, 8_000_000, 5_000_000_000]) {
      const remb = target.subarray(0, write.writeRemb(target, 1, bitrate, [42, 43]))
      const read_ = read.rembBitrate(remb, 0)
      assert.ok(read_ <= bitrate && read_ > bitrate * 0.9999, `${bitrate} became ${read_}`)
    }
    assert.equal(read.rembBitrate(pli, 0), -1)
  })

  test('[RTCP4] garbage ends the walk, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        walk(Buffer.from(bytes))
      }),
      { numRuns: 3000 },
    )
    const target = buffer()
    const report = target.subarray(0, write.writeReceiverReport(target, 1, []))
    for (let length = 0; length < report.length; length++)
      assert.deepEqual(walk(report.subarray(0, length)), [])
  })

  test('[RTCP5] reading and writing allocate nothing', () => {
    const target = buffer()
    const compound = target.subarray(0, write.writeSenderReport(target, 7, 1e12, 1, 2, 3))
    const perCall = allocatedBytesPerCall(() => {
      write.writePli(target, 1, 2)
      write.writeNack(target, 1, 2, 3, 4)
      read.packetLength(compound, 0)
      read.reportRtpTimestamp(compound, 0)
    })
    assert.ok(perCall < 1, `${perCall} bytes`)
  })
})
