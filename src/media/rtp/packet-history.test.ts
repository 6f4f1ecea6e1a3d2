import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { PacketHistory } from './packet-history.ts'

function packetWith({ sequence = 0, timestamp = 0, length = 12 }): Buffer {
  const packet = Buffer.alloc(length, sequence)
  packet.writeUInt16BE(sequence & 0xffff, 2)
  packet.writeUInt32BE(timestamp, 4)
  return packet
}

/** The same by plain arrays: every packet ever appended, and where the held ones begin. */
class NaiveHistory {
  readonly packets: Buffer[] = []
  readonly #slots: number
  readonly #bytes: number
  #oldest = 0
  #writeAt = 0
  readonly #places: number[] = []

  constructor({ packets, bytes }: { packets: number; bytes: number }) {
    this.#slots = 2 ** Math.ceil(Math.log2(packets))
    this.#bytes = bytes
  }

  get oldest() {
    return this.#oldest
  }

  append(packet: Buffer): number {
    if (packet.length > this.#bytes || packet.length < 12) return -1
    const wraps = this.#writeAt + packet.length > this.#bytes
    const at = wraps ? 0 : this.#writeAt
    const index = this.packets.push(Buffer.from(packet)) - 1
    this.#places.push(at)
    this.#writeAt = at + packet.length
    const inTheWay = (place: number, length: number) =>
      (place < at + packet.length && place + length > at) ||
      (wraps && place + length > (this.#places[index - 1] ?? 0) + (this.packets[index - 1]?.length ?? 0))
    let oldest = Math.max(this.#oldest, index + 1 - this.#slots)
    for (let held = oldest; held < index; held++)
      if (inTheWay(this.#places[held] ?? 0, this.packets[held]?.length ?? 0)) oldest = held + 1
    this.#oldest = oldest
    return index
  }
}

const appended = fc.record({
  step: fc.oneof(
    { weight: 8, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
  ),
  length: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 12, max: 90 }) },
    fc.integer({ min: 0, max: 600 }),
  ),
  timestamp: fc.integer({ min: 0, max: 0xffffffff }),
})

describe('PacketHistory', () => {
  test('[HIST1] it behaves as a list of the latest packets, cut at both limits', () => {
    const limits = fc.record({
      packets: fc.integer({ min: 1, max: 20 }),
      bytes: fc.integer({ min: 12, max: 500 }),
    })
    const property = fc.property(
      limits,
      fc.integer({ min: 0, max: 0xffff }),
      fc.array(appended, { maxLength: 120, size: 'max' }),
      (limit, first, steps) => {
        const history = new PacketHistory(limit)
        const model = new NaiveHistory(limit)
        let sequence = first
        for (const { step, length, timestamp } of steps) {
          sequence = (sequence + step) & 0xffff
          const packet = packetWith({ sequence, timestamp, length: Math.max(length, 8) }).subarray(0, length)
          assert.equal(history.append(packet), model.append(packet))
          assertSame(history, model)
        }
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  test('[HIST2] sequence numbers may wrap', () => {
    const history = new PacketHistory({ packets: 64, bytes: 64 * 12 })
    for (let sequence = 0xffff - 100; sequence < 0x10000 + 30; sequence++)
      history.append(packetWith({ sequence, timestamp: sequence }))

    assert.equal(history.next - history.oldest, 64)
    for (let sequence = 0x10000 + 30 - 64; sequence < 0x10000 + 30; sequence++) {
      const index = history.find(sequence & 0xffff)
      assert.equal(history.sequenceOf(index), sequence & 0xffff)
      assert.equal(history.timestampOf(index), sequence)
    }
    assert.equal(history.find(0x10000 + 30 - 65), -1)
  })

  test('[HIST3] a packet that cannot be held changes nothing', () => {
    const history = new PacketHistory({ packets: 4, bytes: 100 })
    history.append(packetWith({ sequence: 1, length: 60 }))

    assert.equal(history.append(packetWith({ sequence: 2, length: 101 })), -1)
    assert.equal(history.append(Buffer.alloc(11)), -1)
    assert.equal(history.next, 1)
    assert.equal(history.find(1), 0)
  })

  test('[HIST4] the later of two packets with the same number is found', () => {
    const history = new PacketHistory({ packets: 4, bytes: 1000 })
    history.append(packetWith({ sequence: 7, timestamp: 1 }))
    history.append(packetWith({ sequence: 7, timestamp: 2 }))

    assert.equal(history.timestampOf(history.find(7)), 2)
  })

  test('[HIST5] appending, finding and reading allocate nothing', () => {
    const history = new PacketHistory({ packets: 512, bytes: 256 * 1024 })
    const packet = packetWith({ length: 1200 })
    const scratch = Buffer.alloc(1500)
    let sequence = 0
    const run = () => {
      sequence = (sequence + 1) & 0xffff
      packet.writeUInt16BE(sequence, 2)
      history.append(packet)
      const index = history.find((sequence - 20) & 0xffff)
      return history.read(index, scratch) + history.lengthOf(index) + (history.timestampOf(index) & 0xff)
    }

    assert.ok(allocatedBytesPerCall(run) < 1)
  })

  test('[HIST6] what is not held reads as nothing', () => {
    const history = new PacketHistory({ packets: 2, bytes: 1000 })
    for (let sequence = 0; sequence < 3; sequence++) history.append(packetWith({ sequence }))
    const scratch = Buffer.alloc(100)

    assert.equal(history.read(0, scratch), 0)
    assert.equal(history.read(1, scratch), 12)
    assert.equal(history.read(3, scratch), 0)
    assert.equal(history.read(-1, scratch), 0)
    assert.equal(history.find(0), -1)
    assert.equal(new PacketHistory({ packets: 2, bytes: 100 }).find(0), -1)
  })
})

function assertSame(history: PacketHistory, model: NaiveHistory): void {
  const scratch = Buffer.alloc(1000)
  assert.equal(history.next, model.packets.length)
  assert.equal(history.oldest, model.oldest)
  const latest = new Map<number, number>()
  for (let index = model.oldest; index < model.packets.length; index++) {
    const packet = model.packets[index]
    assert.ok(packet)
    const length = history.read(index, scratch)
    assert.deepEqual(scratch.subarray(0, length), packet)
    assert.equal(history.lengthOf(index), packet.length)
    assert.equal(history.sequenceOf(index), packet.readUInt16BE(2))
    assert.equal(history.timestampOf(index), packet.readUInt32BE(4))
    latest.set(packet.readUInt16BE(2), index)
  }
  for (const [sequence, index] of latest) assert.equal(history.find(sequence), index)
}
