import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allocatedBytesPerCall } from '../../../test/support/allocation.ts'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { rewriteHeader } from './rewrite.ts'

test('[RTP3] rewriting a header allocates nothing', () => {
  const packet = rtpPacket({ payload: Buffer.alloc(1150) })
  let sequence = 0
  const run = () => {
    rewriteHeader(packet, 102, sequence++, 0xfffffff0 + sequence * 3000, 0xcafebabe)
  }

  assert.ok(allocatedBytesPerCall(run) < 1)
})

test('[RTP4] the four fields are new, cut to their width, and all else stays', () => {
  const kept = { csrcs: 2, payload: Buffer.from('media'), padding: 3, marker: true }
  const packet = rtpPacket({ ...kept, payloadType: 96, sequence: 1, timestamp: 2, ssrc: 3 })

  rewriteHeader(packet, 102, 0x10000 + 7, 2 ** 32 + 9, 0xfedcba98)

  assert.deepEqual(
    packet,
    rtpPacket({ ...kept, payloadType: 102, sequence: 7, timestamp: 9, ssrc: 0xfedcba98 }),
  )
})

test('[RTP4] a difference below zero wraps', () => {
  const packet = rtpPacket({ payloadType: 96 })

  rewriteHeader(packet, 96, -1, -2, 1)

  assert.deepEqual(packet, rtpPacket({ payloadType: 96, sequence: 0xffff, timestamp: 0xfffffffe, ssrc: 1 }))
})
