import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allocatedBytesPerCall } from '../../../../test/support/allocation.ts'
import { picture } from '../../../../test/support/peer-rig.ts'
import { Layer } from '../../../core/layer.ts'
import type { MediaPipe } from '../../../core/webrtc-transport.ts'
import { FanOut } from './fan-out.ts'
import { Forwarder } from './forwarder.ts'

const TRACK = { kind: 'video', codec: 'VP8', clockRate: 90_000, layers: [{ rid: '' }] } as const

/** A pipe that counts, and keeps the numbers it was given. */
function countingPipe() {
  const sequences: number[] = []
  const pipe = {
    state: 'connected',
    send: (packet: Buffer) => sequences.push(packet.readUInt16BE(2)) > 0,
  } as unknown as MediaPipe
  return { pipe, sequences }
}

function forwarderTo(pipe: MediaPipe, layer: Layer): Forwarder {
  const forwarder = new Forwarder({ pipe, payloadType: 96, ssrc: 5, clockRate: 90_000, random: () => 0.5 })
  forwarder.begin(layer, { sequence: 1, timestamp: 3000, liveFrom: 3000 }, 0)
  return forwarder
}

describe('FanOut', () => {
  test('[FAN1] nothing is allocated per packet and viewer', () => {
    const layer = new Layer(TRACK, '', () => undefined)
    let sent = 0
    const pipe = { state: 'connected', send: () => ++sent > 0 } as unknown as MediaPipe
    const fanOut = new FanOut(layer, { now: () => 0, next: (task) => task(), soon: (task) => task() })
    const viewers = 100
    for (let i = 0; i < viewers; i++) fanOut.add(forwarderTo(pipe, layer), 0)
    const packet = picture(1)
    let sequence = 1
    const perPacket = allocatedBytesPerCall(() => {
      packet.writeUInt16BE(sequence++ & 0xffff, 2)
      layer.write(packet, 0)
    })
    assert.ok(sent > 0)
    assert.ok(perPacket / viewers < 1, `${perPacket} bytes per packet to ${viewers} viewers`)
  })

  test('[FAN2] when the time of a turn is up, the rest follows in the next, in order', () => {
    const layer = new Layer(TRACK, '', () => undefined)
    let now = 0
    const waiting: (() => void)[] = []
    const turns = {
      now: () => (now += 6),
      next: (task: () => void) => waiting.push(task),
      soon: (task: () => void) => waiting.push(task),
    }
    const fanOut = new FanOut(layer, turns)
    const viewers = Array.from({ length: 200 }, countingPipe)
    for (const { pipe } of viewers) fanOut.add(forwarderTo(pipe, layer), 0)
    for (let sequence = 1; sequence <= 10; sequence++)
      layer.write(picture(sequence, { key: sequence === 1 }), 0)

    assert.ok(
      viewers.some(({ sequences }) => sequences.length < 10),
      'not all in one turn',
    )
    for (let turn = 0; turn < 200 && waiting.length > 0; turn++) waiting.shift()?.()
    for (const { sequences } of viewers) {
      assert.equal(sequences.length, 10)
      assert.deepEqual(
        sequences,
        sequences.toSorted((a, b) => a - b),
      )
    }
  })

  test('[FAN3] a group whose place in the history is gone loses those packets, and they are counted', () => {
    const layer = new Layer(TRACK, '', () => undefined)
    const waiting: (() => void)[] = []
    const turns = {
      now: () => 0,
      next: (task: () => void) => waiting.push(task),
      soon: (task: () => void) => waiting.push(task),
    }
    for (let sequence = 0; sequence < 9000; sequence++)
      layer.write(picture(sequence, { key: sequence === 0 }), 0)
    const fanOut = new FanOut(layer, turns)
    const { pipe, sequences } = countingPipe()
    fanOut.add(forwarderTo(pipe, layer), 0)
    while (waiting.length > 0) waiting.shift()?.()

    assert.equal(fanOut.dropped, layer.history.oldest)
    assert.equal(sequences.length, 9000 - layer.history.oldest)
  })
})
