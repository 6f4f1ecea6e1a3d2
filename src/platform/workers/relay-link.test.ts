import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { FRAME, FRAME_HEADER, FrameReader, kindOf, writeFrameHeader } from './relay-frame.ts'
import { RelayLink } from './relay-link.ts'

/** Keeps what is written; `takes` says whether it takes it from the writer, or lets it wait. */
class FakeStream extends Duplex {
  readonly writes: Buffer[] = []
  takes = true

  override _read(): void {
    // the test pushes
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk)
    if (this.takes) done()
  }
}

function setUp() {
  const stream = new FakeStream()
  const frames: Buffer[] = []
  const errors: unknown[] = []
  const link = new RelayLink({
    stream,
    onFrame: (frame) => frames.push(Buffer.from(frame)),
    onError: (error) => errors.push(error),
  })
  return { stream, frames, errors, link }
}

function frame(kind: number, channel: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER)
  writeFrameHeader(header, 0, kind, channel, payload.length)
  return Buffer.concat([header, payload])
}

const FRAMES = [
  frame(FRAME.tracks, 1, Buffer.from('[]')),
  frame(FRAME.packet, 2, Buffer.alloc(1200, 7)),
  frame(FRAME.ended, 0xffff_ffff, Buffer.alloc(0)),
]

describe('the relay pipe', () => {
  test('[WK20] frames arrive whole, however the bytes are cut', () => {
    const bytes = Buffer.concat(FRAMES)
    for (const size of [1, 2, 3, 7, 100, 1210, 5000]) {
      const reader = new FrameReader()
      const frames: Buffer[] = []
      for (let at = 0; at < bytes.length; at += size)
        reader.push(bytes.subarray(at, at + size), (whole) => frames.push(Buffer.from(whole)))

      assert.deepEqual(frames, FRAMES, `cut into pieces of ${size}`)
    }
  })

  test('[WK21] bytes that make no sense end the pipe and nothing else', async () => {
    const { stream, frames, errors } = setUp()
    stream.push(FRAMES[0])
    stream.push(Buffer.from('ffffffff0000000000', 'hex'))
    await turn()
    await turn()

    assert.deepEqual(frames, [FRAMES[0]])
    assert.match(String(errors[0]), /impossible relay frame/)
    assert.equal(stream.destroyed, true)
  })

  test('[WK22] what is sent in one turn leaves in one write, and arrives byte by byte', async () => {
    const { stream, link } = setUp()
    const scratch = Buffer.alloc(1500)

    for (let packet = 0; packet < 5; packet++) {
      scratch.fill(packet, 0, 1000)
      link.packet(2, 1, 0, scratch, 1000)
    }
    link.pass(FRAMES[2] ?? Buffer.alloc(0))
    link.message(FRAME.tracks, 3, Buffer.from('[]'))
    await turn()

    assert.equal(stream.writes.length, 1)
    const arrived: Buffer[] = []
    new FrameReader().push(Buffer.concat(stream.writes), (whole) => arrived.push(Buffer.from(whole)))
    assert.equal(arrived.length, 7)
    for (let packet = 0; packet < 5; packet++)
      assert.deepEqual(
        arrived[packet],
        frame(FRAME.packet, 2, Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(1000, packet)])),
      )
    assert.deepEqual(arrived[5], FRAMES[2])
    assert.equal(link.sent, 7)
  })

  test('[WK22] a megabyte in one turn arrives byte by byte', async () => {
    const { stream, link } = setUp()
    const passed = Array.from({ length: 1000 }, (_, index) =>
      frame(FRAME.packet, index, Buffer.alloc(500 + index, index)),
    )

    for (const whole of passed) link.pass(whole)
    await turn()

    const arrived: Buffer[] = []
    const reader = new FrameReader()
    for (const written of stream.writes) reader.push(written, (whole) => arrived.push(Buffer.from(whole)))
    assert.deepEqual(arrived, passed)
  })

  test('[WK23] a pipe that backs up beyond 8 MiB drops packets and counts them, and drops nothing else', async () => {
    const { stream, link } = setUp()
    stream.takes = false
    const packet = Buffer.alloc(1200)
    const count = Math.ceil((9 * 1024 * 1024) / 1211)

    for (let sent = 0; sent < count; sent++) {
      link.packet(1, 0, 0, packet, packet.length)
      if (sent % 100 === 0) await turn()
    }
    const { sent, dropped } = link
    link.message(FRAME.tracks, 1, Buffer.from('[]'))
    await turn()

    assert.equal(sent + dropped, count)
    assert.ok(dropped > 500 && dropped < 1200, `${dropped} dropped`)
    assert.equal(link.sent, sent + 1)
    assert.ok(stream.writableLength < 8.5 * 1024 * 1024, `${stream.writableLength} bytes wait`)
  })

  test('[WK24] a pipe that is gone takes everything and does nothing', async () => {
    const { stream, link } = setUp()
    link.close()

    link.packet(1, 0, 0, Buffer.alloc(20), 20)
    link.message(FRAME.ended, 1, Buffer.alloc(0))
    link.pass(FRAMES[1] ?? Buffer.alloc(0))
    await turn()

    assert.deepEqual(stream.writes, [])
    assert.equal(kindOf(FRAMES[1] ?? Buffer.alloc(0)), FRAME.packet)
  })
})
