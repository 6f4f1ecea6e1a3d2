import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import {
  extensionLength,
  extensionOffset,
  isRtcp,
  isRtp,
  markerOf,
  payloadEnd,
  payloadStart,
  payloadTypeOf,
  sequenceOf,
  ssrcOf,
  timestampOf,
} from './packet.ts'

const ONE_BYTE = 0xbede
const TWO_BYTE = 0x1000

const payloadOf = (packet: Buffer) => packet.subarray(payloadStart(packet), payloadEnd(packet)).toString()

function valueOf(packet: Buffer, id: number): string | undefined {
  const offset = extensionOffset(packet, id)
  return offset < 0 ? undefined : packet.toString('latin1', offset, offset + extensionLength(packet, offset))
}

describe('an RTP packet', () => {
  test('[RTP1] its fields are read in place', () => {
    const packet = rtpPacket({
      marker: true,
      payloadType: 111,
      sequence: 0xfffe,
      timestamp: 0xfffffffd,
      ssrc: 0xdeadbeef,
    })

    assert.equal(payloadTypeOf(packet), 111)
    assert.equal(markerOf(packet), true)
    assert.equal(markerOf(rtpPacket()), false)
    assert.equal(sequenceOf(packet), 0xfffe)
    assert.equal(timestampOf(packet), 0xfffffffd)
    assert.equal(ssrcOf(packet), 0xdeadbeef)
  })

  test('[RTP1] its payload lies behind CSRCs and extension, before padding', () => {
    const payload = Buffer.from('media')
    const extension = { profile: ONE_BYTE, data: Buffer.from('\x10abcdefg') }

    assert.equal(payloadOf(rtpPacket({ payload })), 'media')
    assert.equal(payloadOf(rtpPacket({ payload, csrcs: 15 })), 'media')
    assert.equal(payloadOf(rtpPacket({ payload, csrcs: 2, extension, padding: 7 })), 'media')
    assert.equal(payloadOf(rtpPacket({ padding: 200 })), '')
    assert.equal(payloadOf(rtpPacket({})), '')
  })

  test('[RTP1] a payload never ends before it begins, however the packet lies', () => {
    const padded = rtpPacket({ payload: Buffer.of(200), csrcs: 1 })
    padded[0] = (padded[0] ?? 0) | 0x20

    for (const packet of [padded, Buffer.alloc(0), Buffer.of(0xff), Buffer.alloc(14, 0xff)])
      assert.ok(payloadEnd(packet) >= payloadStart(packet) && payloadEnd(packet) <= packet.length)
  })

  test('[RTP2] it needs version 2 and room for all that it announces', () => {
    const extension = { profile: ONE_BYTE, data: Buffer.alloc(8) }
    const whole = rtpPacket({ csrcs: 3, extension, padding: 4 })
    const tooShort = [
      whole.subarray(0, 11),
      whole.subarray(0, 20),
      whole.subarray(0, 26),
      whole.subarray(0, 32),
    ]
    const noPadding = Buffer.from(whole)
    noPadding[whole.length - 1] = 0

    assert.ok(isRtp(whole) && isRtp(rtpPacket()))
    for (const packet of [...tooShort, noPadding, Buffer.alloc(12), Buffer.alloc(0)])
      assert.ok(!isRtp(packet))
  })

  test('[RTP2] the second byte tells RTCP from RTP', () => {
    const packetWithSecond = (second: number) => Buffer.from([0x80, second, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

    for (const type of [192, 200, 206, 223]) {
      assert.ok(isRtcp(packetWithSecond(type)))
      assert.ok(!isRtp(packetWithSecond(type)))
    }
    for (const type of [191, 224, 96, 0x80 | 96]) {
      assert.ok(!isRtcp(packetWithSecond(type)))
      assert.ok(isRtp(packetWithSecond(type)))
    }
    assert.ok(!isRtcp(Buffer.of(0x80, 200, 0)))
    assert.ok(!isRtcp(Buffer.of(0x40, 200, 0, 0)))
  })

  test('[RTP5] an element is found in the one-byte form, behind others and padding', () => {
    const data = Buffer.from('\x12abc\x00\x00\x50x\x31yz', 'latin1')
    const packet = rtpPacket({
      csrcs: 1,
      extension: { profile: ONE_BYTE, data },
      payload: Buffer.from('\x70p'),
    })

    assert.equal(valueOf(packet, 1), 'abc')
    assert.equal(valueOf(packet, 5), 'x')
    assert.equal(valueOf(packet, 3), 'yz')
    assert.equal(valueOf(packet, 7), undefined)
  })

  test('[RTP5] an element is found in the two-byte form, even an empty one', () => {
    const data = Buffer.from('\x01\x03abc\x00\xc8\x00\x10\x02yz', 'latin1')
    const packet = rtpPacket({ extension: { profile: TWO_BYTE | 5, data } })

    assert.equal(valueOf(packet, 1), 'abc')
    assert.equal(valueOf(packet, 200), '')
    assert.equal(valueOf(packet, 16), 'yz')
    assert.equal(valueOf(packet, 2), undefined)
  })

  test('[RTP5] what is absent, cut short or of another form is not found', () => {
    const stopped = rtpPacket({ extension: { profile: ONE_BYTE, data: Buffer.from('\xf0a\x20b', 'latin1') } })
    const tooLong = rtpPacket({ extension: { profile: ONE_BYTE, data: Buffer.from('\x1fab\x00', 'latin1') } })
    const tooLongToo = rtpPacket({
      extension: { profile: TWO_BYTE, data: Buffer.from('\x01\x03ab', 'latin1') },
    })
    const other = rtpPacket({ extension: { profile: 0x1234, data: Buffer.from('\x10ab\x00', 'latin1') } })
    const cut = rtpPacket({ extension: { profile: ONE_BYTE, data: Buffer.alloc(8) } }).subarray(0, 14)

    assert.equal(extensionOffset(stopped, 2), -1)
    for (const packet of [tooLong, tooLongToo, other, cut, rtpPacket(), Buffer.alloc(3)])
      assert.equal(extensionOffset(packet, 1), -1)
  })

  test('[RTP8] reading it allocates nothing', () => {
    const data = Buffer.from('\x12abc\x50x\x31yz', 'latin1')
    const packet = rtpPacket({
      extension: { profile: ONE_BYTE, data },
      payload: Buffer.alloc(1000),
      padding: 4,
    })
    const run = () => {
      const offset = extensionOffset(packet, 3)
      const fields = sequenceOf(packet) + timestampOf(packet) + ssrcOf(packet) + payloadTypeOf(packet)
      const shape = payloadStart(packet) + payloadEnd(packet) + extensionLength(packet, offset) + offset
      return isRtp(packet) && !isRtcp(packet) && !markerOf(packet) ? (fields + shape) & 0xff : 0
    }

    assert.ok(allocatedBytesPerCall(run) < 1)
  })
})
