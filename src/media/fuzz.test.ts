import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseAv1SequenceHeader } from './av1/sequence-header.ts'
import type { Codec } from './codec.ts'
import { hasBFrames, isBSlice } from './h264/b-frames.ts'
import { parameterSetsOf } from './h264/parameter-sets.ts'
import { parseSps } from './h264/sps.ts'
import { pictureSizeFromPacket, pictureSizeOf } from './picture-size.ts'
import { payloadFormatOf } from './rtp/depacketize.ts'
import * as chromium from './rtp/fixtures/chromium.ts'
import * as ffmpeg from './rtp/fixtures/ffmpeg.ts'
import { packetsOf } from './rtp/fixtures/recorded-stream.ts'
import { SEEDS } from './rtp/fixtures/seeds.ts'
import { startsKeyFrame } from './rtp/key-frame.ts'
import { PacketHistory } from './rtp/packet-history.ts'
import { extensionLength, extensionOffset, isRtcp, isRtp, payloadEnd, payloadStart } from './rtp/packet.ts'
import { UnitAssembler } from './rtp/unit-assembler.ts'
import { UnitPacketizer } from './rtp/unit-packetizer.ts'

const CODECS: readonly Codec[] = ['H264', 'VP8', 'VP9', 'AV1', 'opus']
const CORPUS = [
  ...SEEDS.map((seed) => Buffer.from(seed, 'hex')),
  ...[...Object.values(ffmpeg), ...Object.values(chromium)].flatMap(packetsOf),
]

/** Random bytes, random payloads behind a right header, and packets of the corpus with some bytes changed. */
const randomBytes = fc.uint8Array({ maxLength: 200, size: 'max' }).map((bytes) => Buffer.from(bytes))
const randomPayload = randomBytes.map((bytes) =>
  Buffer.concat([Buffer.from('8060000100000000deadbeef', 'hex'), bytes]),
)
const mutated = fc
  .tuple(
    fc.constantFrom(...CORPUS),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6, size: 'max' }),
    fc.option(fc.nat(1500), { nil: undefined }),
  )
  .map(([seed, changes, cut]) => {
    const packet = Buffer.from(seed.subarray(0, cut))
    // Most that matters is said in the first bytes.
    for (const [at, value] of changes)
      packet[at % Math.max(1, Math.min(packet.length, at % 2 ? 40 : 2000))] = value
    return packet
  })
const anyPacket = fc.oneof(randomBytes, randomPayload, { weight: 3, arbitrary: mutated })

/** Everything that reads single packets; what they answer must at least be possible. */
function readPacket(packet: Buffer): void {
  isRtp(packet)
  isRtcp(packet)
  const [start, end] = [payloadStart(packet), payloadEnd(packet)]
  assert.ok(start >= 0 && start <= end && end <= packet.length)
  for (const id of [1, 14, 15, 200]) {
    const offset = extensionOffset(packet, id)
    assert.ok(offset < 0 || offset + extensionLength(packet, offset) <= packet.length)
  }
  isBSlice(packet)
  for (const set of parameterSetsOf(packet)) parseSps(set)
  for (const codec of CODECS) {
    startsKeyFrame(codec, packet)
    const size = pictureSizeFromPacket(codec, packet)
    assert.ok(!size || (size.width > 0 && size.height > 0))
  }
}

/** Everything that reads bytes that are no packet. */
function readBytes(bytes: Buffer): void {
  for (const codec of CODECS) {
    pictureSizeOf(codec, bytes)
    payloadFormatOf(codec).startsUnit(bytes)
    payloadFormatOf(codec).depacketize([bytes])
  }
  hasBFrames(bytes)
  parseSps(bytes)
  parseAv1SequenceHeader(bytes)
  for (const codec of ['H264', 'opus'] as const)
    new UnitPacketizer({ codec, mtu: 100, onPacket: (packet) => assert.ok(isRtp(packet)) }).push({
      timestamp: 0,
      keyFrame: false,
      afterLoss: false,
      data: bytes,
    })
}

describe('parsers', () => {
  test('[RTP10] the seed corpus does no harm, whole or cut anywhere', () => {
    for (const seed of CORPUS) {
      for (let length = 0; length <= Math.min(seed.length, 80); length++) {
        readPacket(seed.subarray(0, length))
        readBytes(seed.subarray(Math.min(12, length), length))
      }
      readPacket(seed)
    }
  })

  test('[RTP10] nor do random bytes and mutated packets', () => {
    const property = fc.property(anyPacket, (packet) => {
      readPacket(packet)
      readBytes(packet)
    })
    fc.assert(property, { numRuns: 5000 })
  })

  for (const codec of CODECS) {
    test(`[RTP10] nor to the assembler, nor to the history, in any order: ${codec}`, () => {
      const arrivals = fc.array(fc.tuple(anyPacket, fc.integer({ min: -50, max: 300 })), {
        maxLength: 60,
        size: 'max',
      })
      const property = fc.property(arrivals, fc.nat(0xffff), (packets, firstSequence) => {
        const history = new PacketHistory({ packets: 16, bytes: 2000 })
        const assembler = new UnitAssembler({
          codec,
          maxWait: 100,
          onUnit: ({ data }) => assert.ok(data.length > 0),
        })
        let sequence = firstSequence
        let now = 0
        for (const [packet, apart] of packets) {
          now += Math.max(0, apart)
          // Half of them follow each other, so that units form.
          if (apart >= 0 && packet.length >= 4) packet.writeUInt16BE(sequence++ & 0xffff, 2)
          history.append(packet)
          assembler.push(packet, now)
        }
      })
      fc.assert(property, { numRuns: 200 })
    })
  }
})
