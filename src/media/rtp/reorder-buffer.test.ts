import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rtpPacket } from '../../../test/support/rtp-packets.ts'
import { sequenceOf } from './packet.ts'
import { ReorderBuffer } from './reorder-buffer.ts'

const MAX_WAIT = 100
const SLOTS = 512

function setUp() {
  /** `7` came in order, `'gap 7'` after a gap. */
  const received: (number | string)[] = []
  const buffer = new ReorderBuffer({
    maxWait: MAX_WAIT,
    onPacket: (packet, afterGap) =>
      received.push(afterGap ? `gap ${sequenceOf(packet)}` : sequenceOf(packet)),
  })
  const push = (sequence: number, arrivedAt = 0) => buffer.push(rtpPacket({ sequence }), arrivedAt)
  return { received, push }
}

describe('ReorderBuffer', () => {
  test('[JIT1] packets leave in order, each once, across the wrap', () => {
    const { received, push } = setUp()

    for (const sequence of [0xfffd, 0xffff, 0, 0xffff, 0xfffe, 0xfffd, 2, 1, 0]) push(sequence)

    assert.deepEqual(received, ['gap 65533', 0xfffe, 0xffff, 0, 1, 2])
  })

  test('[JIT2] a missing packet is waited for as long as allowed', () => {
    const { received, push } = setUp()
    push(1, 0)
    push(3, 10)
    push(4, 10 + MAX_WAIT - 1)

    assert.deepEqual(received, ['gap 1'])
    push(2, 10 + MAX_WAIT - 1)
    assert.deepEqual(received, ['gap 1', 2, 3, 4])
  })

  test('[JIT2] and no longer: what follows it then says so, and it is dropped when it comes after all', () => {
    const { received, push } = setUp()
    push(1, 0)
    push(3, 10)
    push(4, 10 + MAX_WAIT)
    push(2, 10 + MAX_WAIT)
    push(5, 10 + MAX_WAIT)

    assert.deepEqual(received, ['gap 1', 'gap 3', 4, 5])
  })

  test('[JIT2] every gap is waited for from when it was seen', () => {
    const { received, push } = setUp()
    push(1, 0)
    push(3, 0)
    push(5, 60)
    push(6, MAX_WAIT)

    assert.deepEqual(received, ['gap 1', 'gap 3'])
    push(7, 60 + MAX_WAIT)
    assert.deepEqual(received, ['gap 1', 'gap 3', 'gap 5', 6, 7])
  })

  test('[JIT2] a late packet behind the gap does not make the wait longer', () => {
    const { received, push } = setUp()
    push(1, 0)
    push(4, 0)
    push(3, MAX_WAIT - 1)
    push(5, MAX_WAIT)

    assert.deepEqual(received, ['gap 1', 'gap 3', 4, 5])
  })

  test('[JIT2] nor does the end of a gap before it', () => {
    const { received, push } = setUp()
    push(1, 0)
    push(5, 0)
    push(4, MAX_WAIT - 2)
    push(2, MAX_WAIT - 1)
    push(6, MAX_WAIT)

    assert.deepEqual(received, ['gap 1', 2, 'gap 4', 5, 6])
  })

  test('[JIT3] no more packets are held than there is room for', () => {
    const { received, push } = setUp()
    push(0)
    for (let sequence = 2; sequence <= SLOTS; sequence++) push(sequence)

    assert.deepEqual(received, ['gap 0'])
    push(SLOTS + 1)
    assert.equal(received.length, SLOTS + 1)
    assert.equal(received[1], 'gap 2')
  })

  test('[JIT3] a jump ahead over everything gives up what is missing', () => {
    const { received, push } = setUp()
    for (const sequence of [0, 2, 20_000, 20_001]) push(sequence)

    assert.deepEqual(received, ['gap 0', 'gap 2', 'gap 20000', 20_001])
  })

  test('[JIT4] a packet far behind begins anew', () => {
    const { received, push } = setUp()
    for (const sequence of [30_000, 30_002, 5000, 5001, 4800, 5002]) push(sequence)

    assert.deepEqual(received, ['gap 30000', 'gap 5000', 5001, 5002])
  })
})
