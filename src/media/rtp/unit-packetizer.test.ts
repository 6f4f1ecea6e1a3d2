import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FU_END, FU_START, nalType } from '../h264/nal.ts'
import type { Codec } from '../codec.ts'
import { isRtp, markerOf, payloadTypeOf, sequenceOf, ssrcOf, timestampOf } from './packet.ts'
import { UnitPacketizer } from './unit-packetizer.ts'

const MTU = 1200

function setUp(codec: Codec, mtu = MTU) {
  const packets: Buffer[] = []
  const packetizer = new UnitPacketizer({
    codec,
    mtu,
    onPacket: (packet) => packets.push(packet),
    payloadType: 102,
    ssrc: 7,
  })
  const push = (data: Buffer, timestamp = 0) =>
    packetizer.push({ timestamp, keyFrame: true, afterLoss: false, data })
  return { packets, push }
}

function unitOf(...nals: { type: number; length: number }[]): Buffer {
  const parts = nals.map(({ type, length }) => {
    const nal = Buffer.alloc(4 + length, 0xaa)
    nal.writeUInt32BE(length)
    nal[4] = 0x60 | type
    return nal
  })
  return Buffer.concat(parts)
}

/** Type of the payload and, for fragments, S and E. */
function shapeOf(packet: Buffer): string {
  const type = nalType(packet[12] ?? 0)
  if (type !== 28) return String(type)
  const fragment = packet[13] ?? 0
  return `28${(fragment & FU_START) !== 0 ? 's' : ''}${(fragment & FU_END) !== 0 ? 'e' : ''}`
}

describe('UnitPacketizer', () => {
  test('[H264R1] parameter sets travel together, slices alone or in fragments', () => {
    const { packets, push } = setUp('H264')
    push(
      unitOf(
        { type: 7, length: 20 },
        { type: 8, length: 4 },
        { type: 6, length: 9 },
        { type: 5, length: 3000 },
      ),
    )
    push(unitOf({ type: 1, length: MTU - 12 }, { type: 1, length: MTU - 11 }))

    assert.deepEqual(packets.map(shapeOf), ['24', '28s', '28', '28e', '1', '28s', '28e'])
    assert.ok(packets.every((packet) => isRtp(packet) && packet.length <= MTU))
  })

  test('[H264R1] what does not fit together goes into more packets', () => {
    const { packets, push } = setUp('H264')
    push(
      unitOf(
        { type: 6, length: 700 },
        { type: 6, length: 700 },
        { type: 6, length: 3000 },
        { type: 1, length: 5 },
      ),
    )

    assert.deepEqual(packets.map(shapeOf), ['6', '6', '28s', '28', '28e', '1'])
    assert.ok(packets.every((packet) => packet.length <= MTU))
  })

  test('[H264R1] the marker ends the unit; headers count on', () => {
    const { packets, push } = setUp('H264')
    push(unitOf({ type: 7, length: 20 }, { type: 5, length: 3000 }), 2 ** 32 + 90)
    push(unitOf({ type: 1, length: 10 }), 2 ** 32 + 3090)

    assert.deepEqual(packets.map(markerOf), [false, false, false, true, true])
    assert.deepEqual(packets.map(sequenceOf), [0, 1, 2, 3, 4])
    assert.deepEqual(packets.map(timestampOf), [90, 90, 90, 90, 3090])
    assert.ok(packets.every((packet) => payloadTypeOf(packet) === 102 && ssrcOf(packet) === 7))
  })

  test('[OPUS1] a unit is a packet without a marker', () => {
    const { packets, push } = setUp('opus')
    push(Buffer.from('sound'), 960)

    assert.deepEqual(
      packets.map((packet) => packet.toString('latin1', 12)),
      ['sound'],
    )
    assert.deepEqual(packets.map(markerOf), [false])
  })

  test('[RTP13] a codec that is never made into RTP is refused', () => {
    for (const codec of ['VP8', 'VP9', 'AV1', 'AAC'] as const)
      assert.throws(() => new UnitPacketizer({ codec, mtu: MTU, onPacket: () => {} }), new RegExp(codec))
    assert.throws(() => new UnitPacketizer({ codec: 'H264', mtu: 20, onPacket: () => {} }), /MTU/)
  })
})
