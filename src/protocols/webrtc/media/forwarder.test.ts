import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rtpPacket } from '../../../../test/support/rtp-packets.ts'
import { Layer } from '../../../core/layer.ts'
import type { MediaPipe } from '../../../core/webrtc-transport.ts'
import { Forwarder, type SegmentStart } from './forwarder.ts'

const VIDEO = { kind: 'video', codec: 'H264', clockRate: 90_000, layers: [{ rid: '' }] } as const
/** Five days of 2.5 Mbit/s would take a while; this many packets pass every 16-bit border twice. */
const LONG = 3 * 0x10000
const scratch = Buffer.alloc(2048)

function setUp(start: SegmentStart = { sequence: 1, timestamp: 3000, liveFrom: 3000 }) {
  const sent: { sequence: number; timestamp: number; payload: string }[] = []
  const pipe = {
    state: 'connected',
    send(packet: Buffer) {
      const payload = packet.toString('hex', 12)
      return sent.push({ sequence: packet.readUInt16BE(2), timestamp: packet.readUInt32BE(4), payload }) > 0
    },
  } as unknown as MediaPipe
  const layer = new Layer(VIDEO, '', () => undefined)
  const forwarder = new Forwarder({ pipe, payloadType: 96, ssrc: 5, clockRate: 90_000, random: () => 0.5 })
  forwarder.begin(layer, start, 0)
  const send = (sequence: number, timestamp: number) => {
    const packet = rtpPacket({ sequence, timestamp, payload: Uint8Array.of(0x41, sequence & 0xff) })
    layer.write(packet, 0)
    forwarder.forward(packet, sequence & 0xffff, timestamp >>> 0, 0)
  }
  return { forwarder, layer, sent, send }
}

describe('Forwarder', () => {
  test('[FWD1] a stream goes on beyond 65 536 packets, every one of them in order', () => {
    const { sent, send } = setUp()
    for (let i = 1; i <= LONG; i++) send(i & 0xffff, i * 3000)

    assert.equal(sent.length, LONG)
    const steps = sent.slice(1).map(({ sequence }, i) => (sequence - (sent[i]?.sequence ?? 0)) & 0xffff)
    assert.ok(steps.every((step) => step === 1))
  })

  test('[FWD1] retransmissions are answered there too, with the packet that was meant', () => {
    const { forwarder, sent, send } = setUp()
    for (let i = 1; i <= LONG; i++) send(i & 0xffff, i * 3000)
    const wanted = sent.at(-10)

    assert.equal(forwarder.resend(wanted?.sequence ?? 0, scratch), true)
    assert.deepEqual(sent.at(-1), wanted)
  })

  test('[FWD2] time runs at its own speed after timestamps have wrapped, however often', () => {
    const { sent, send } = setUp()
    const step = 0x2000_0000 // 100 minutes
    for (let i = 0; i < 40; i++) send(i + 1, (3000 + i * step) >>> 0)

    const steps = sent.slice(1).map(({ timestamp }, i) => (timestamp - (sent[i]?.timestamp ?? 0)) >>> 0)
    assert.deepEqual(new Set(steps), new Set([step]))
  })

  test('[FWD3] what is older than the newest picture at the start is squeezed, also when it is sent again', () => {
    const { forwarder, sent, send } = setUp({ sequence: 1, timestamp: 3000, liveFrom: 3000 + 64 * 100 })
    send(1, 3000)
    send(2, 3000 + 64 * 50)
    send(3, 3000 + 64 * 100)
    send(4, 3000 + 64 * 100 + 3000)

    const [first, second, live, next] = sent.map(({ timestamp }) => timestamp)
    assert.deepEqual([(second ?? 0) - (first ?? 0), (live ?? 0) - (second ?? 0)], [50, 50])
    assert.equal((next ?? 0) - (live ?? 0), 3000)
    forwarder.resend(sent[1]?.sequence ?? 0, scratch)
    assert.deepEqual(sent.at(-1), sent[1])
  })

  test('[FWD4] a preamble comes first, under a number of its own and the time of the first packet', () => {
    const preamble = Buffer.from('78000267aa000268bb', 'hex')
    const { sent, send } = setUp({ sequence: 9, timestamp: 3000, liveFrom: 3000, preamble })
    send(8, 2000)
    send(9, 3000)
    send(10, 6000)

    assert.deepEqual(
      sent.map(({ payload }) => payload),
      [preamble.toString('hex'), '4109', '410a'],
    )
    const [at] = sent
    assert.deepEqual(
      sent.map(({ sequence }) => sequence - (at?.sequence ?? 0)),
      [0, 1, 2],
    )
    assert.equal(sent[1]?.timestamp, at?.timestamp)
  })
})
