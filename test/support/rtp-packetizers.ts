import type { AccessUnit } from '../../src/media/access-unit.ts'
import type { Codec } from '../../src/media/codec.ts'
import { UnitPacketizer } from '../../src/media/rtp/unit-packetizer.ts'
import { rtpPacket } from './rtp-packets.ts'

/** The simplest sender of each codec: the product only receives VP8, VP9 and AV1. */
export function packetize(codec: Codec, units: readonly AccessUnit[], mtu: number): Buffer[] {
  if (codec === 'H264' || codec === 'opus') return packetizeOurselves(codec, units, mtu)
  const payloadsOf = { VP8: vp8Payloads, VP9: vp9Payloads, AV1: av1Payloads, AAC: () => [], JPEG: () => [] }[
    codec
  ]
  const packets: Buffer[] = []
  for (const unit of units) {
    const payloads = payloadsOf(unit, mtu - 12)
    for (const [index, payload] of payloads.entries()) {
      const marker = index === payloads.length - 1
      packets.push(rtpPacket({ payload, marker, sequence: packets.length, timestamp: unit.timestamp }))
    }
  }
  return packets
}

function packetizeOurselves(codec: Codec, units: readonly AccessUnit[], mtu: number): Buffer[] {
  const packets: Buffer[] = []
  const packetizer = new UnitPacketizer({ codec, mtu, onPacket: (packet) => packets.push(packet) })
  for (const unit of units) packetizer.push(unit)
  return packets
}

/** RFC 7741: S bit on the first. */
function vp8Payloads(unit: AccessUnit, maxPayload: number): Buffer[] {
  return slices(unit.data, maxPayload - 1).map((part, index) =>
    Buffer.concat([Buffer.of(index === 0 ? 0x10 : 0), part]),
  )
}

/** RFC 9628, flexible mode with a short picture id: B on the first, E on the last, P unless a key frame. */
function vp9Payloads(unit: AccessUnit, maxPayload: number): Buffer[] {
  const predicted = unit.keyFrame ? 0 : 0x40
  const descriptor = predicted > 0 ? [0x01, 0x02] : [0x01]
  const parts = slices(unit.data, maxPayload - 4)
  return parts.map((part, index) => {
    const edges = (index === 0 ? 0x08 : 0) | (index === parts.length - 1 ? 0x04 : 0)
    return Buffer.concat([Buffer.of(0x80 | 0x10 | predicted | edges, ...descriptor), part])
  })
}

/** AV1 RTP specification: one element per packet (W = 1), the size field taken out, N on the first of a key frame. */
function av1Payloads(unit: AccessUnit, maxPayload: number): Buffer[] {
  const payloads: Buffer[] = []
  for (const obu of unsizedObus(unit.data)) {
    const parts = slices(obu, maxPayload - 1)
    for (const [index, part] of parts.entries()) {
      const newSequence = unit.keyFrame && payloads.length === 0 ? 0x08 : 0
      const fragments = (index > 0 ? 0x80 : 0) | (index < parts.length - 1 ? 0x40 : 0)
      payloads.push(Buffer.concat([Buffer.of(fragments | 0x10 | newSequence), part]))
    }
  }
  return payloads
}

function unsizedObus(unit: Uint8Array): Buffer[] {
  const obus: Buffer[] = []
  let at = 0
  while (at < unit.length) {
    const header = unit[at++] ?? 0
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = unit[at++] ?? 0
      size |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    obus.push(Buffer.concat([Buffer.of(header & ~0x02), unit.subarray(at, at + size)]))
    at += size
  }
  return obus
}

function slices(bytes: Uint8Array, length: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += length) parts.push(bytes.subarray(at, at + length))
  return parts
}
