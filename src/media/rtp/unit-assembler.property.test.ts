import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { arbitraryUnits } from '../../../test/support/arbitrary-units.ts'
import { packetize } from '../../../test/support/rtp-packetizers.ts'
import type { AccessUnit } from '../access-unit.ts'
import type { Codec } from '../codec.ts'
import { UnitAssembler } from './unit-assembler.ts'

const CODECS: readonly Codec[] = ['H264', 'VP8', 'VP9', 'AV1', 'opus']
const MAX_WAIT = 200

/** How the network treats each packet in turn, over and over. */
const network = fc.array(
  fc.record({
    /** Packets that overtake it. */
    delay: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 60 })),
    copies: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.constant(2)),
    lost: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
  }),
  { minLength: 1, maxLength: 60, size: 'max' },
)
type Network = typeof network extends fc.Arbitrary<infer Value> ? Value : never

/** The first packet arrives first: what comes before the beginning is not waited for. */
function deliver(packets: readonly Buffer[], treatment: Network, withLoss: boolean): Buffer[] {
  const arrivals: { packet: Buffer; at: number }[] = []
  for (const [index, packet] of packets.entries()) {
    const { delay, copies, lost } = treatment[index % treatment.length]!
    if (withLoss && lost) continue
    for (let copy = 0; copy < copies; copy++)
      arrivals.push({ packet, at: index === 0 && copy === 0 ? -1 : index + delay + copy * 3 })
  }
  return arrivals.sort((a, b) => a.at - b.at).map(({ packet }) => packet)
}

function assemble(codec: Codec, packets: readonly Buffer[], millisecondsApart: number): AccessUnit[] {
  const units: AccessUnit[] = []
  const assembler = new UnitAssembler({ codec, maxWait: MAX_WAIT, onUnit: (unit) => units.push(unit) })
  for (const [index, packet] of packets.entries()) assembler.push(packet, index * millisecondsApart)
  return units
}

/** Timestamps count from the first, as RTP carries only their lowest 32 bits. */
function plain(units: readonly AccessUnit[], from = units[0]?.timestamp ?? 0) {
  return units.map((unit) => ({
    timestamp: unit.timestamp - from,
    keyFrame: unit.keyFrame,
    data: Buffer.from(unit.data).toString('base64'),
  }))
}

describe('packets to units', () => {
  for (const codec of CODECS) {
    test(`[RTP11] ${codec}: what was packetized comes back, through reordering and duplicates`, () => {
      const property = fc.property(
        arbitraryUnits(codec, 12),
        fc.integer({ min: 64, max: 1400 }),
        network,
        (units, mtu, treatment) => {
          const arrivals = deliver(packetize(codec, units, mtu), treatment, false)
          const assembled = assemble(codec, arrivals, 0)

          assert.deepEqual(plain(assembled), plain(units))
          assert.ok(assembled.every((unit) => !unit.afterLoss))
        },
      )
      fc.assert(property, { numRuns: 60 })
    })

    test(`[RTP11] [JIT6] ${codec}: without markers a new timestamp ends a unit`, () => {
      const property = fc.property(
        arbitraryUnits(codec, 8),
        fc.integer({ min: 64, max: 1400 }),
        (units, mtu) => {
          const packets = packetize(codec, units, mtu)
          for (const packet of packets) packet[1] = packet[1]! & 0x7f
          const assembled = assemble(codec, packets, 0)

          const ended = codec === 'opus' ? units : units.slice(0, -1)
          assert.deepEqual(plain(assembled), plain(ended))
        },
      )
      fc.assert(property, { numRuns: 30 })
    })

    test(`[JIT5] ${codec}: whatever is lost, only whole units come, and the first one after says so`, () => {
      const property = fc.property(
        arbitraryUnits(codec, 25),
        fc.integer({ min: 100, max: 1400 }),
        network,
        fc.constantFrom(0, 1, 50),
        (units, mtu, treatment, millisecondsApart) => {
          const packets = packetize(codec, units, mtu)
          const assembled = assemble(codec, deliver(packets, treatment, true), millisecondsApart)

          assertWhole(assembled, units)
        },
      )
      fc.assert(property, { numRuns: 200 })
    })
  }
})

function assertWhole(assembled: readonly AccessUnit[], units: readonly AccessUnit[]): void {
  let previous = -1
  for (const [place, unit] of assembled.entries()) {
    const index = units.findIndex(({ timestamp }) => timestamp % 2 ** 32 === unit.timestamp % 2 ** 32)
    const sent = units[index]
    assert.ok(sent && index > previous, 'in order, each once')
    assert.deepEqual(Buffer.from(unit.data), Buffer.from(sent.data))
    assert.equal(unit.keyFrame, sent.keyFrame)
    assert.equal(unit.afterLoss, place === 0 ? !unit.keyFrame : index !== previous + 1)
    previous = index
  }
}
