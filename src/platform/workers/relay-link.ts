import type { Duplex } from 'node:stream'
import { FRAME, FRAME_HEADER, FrameReader, kindOf, writeFrameHeader } from './relay-frame.ts'

/** Bytes that may wait in a pipe before packets are dropped. */
const MAX_WAITING = 8 * 1024 * 1024

/** One end of the pipe between the main process and a worker. */
export class RelayLink {
  readonly #stream: Duplex
  #corked = false
  sent = 0
  dropped = 0

  constructor(stream: Duplex, onFrame: (frame: Buffer) => void, onError: (error: unknown) => void) {
    this.#stream = stream
    const reader = new FrameReader()
    stream.on('error', onError)
    stream.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk, onFrame)
      } catch (error) {
        onError(error)
        stream.destroy()
      }
    })
  }

  /** Makes a frame of up to two parts of payload; packets are dropped when the pipe is full, nothing else is. */
  send(kind: number, channel: number, first: Buffer, second?: Buffer): void {
    if (this.#isFullFor(kind)) return
    const frame = Buffer.allocUnsafe(FRAME_HEADER + first.length + (second?.length ?? 0))
    writeFrameHeader(frame, kind, channel, frame.length - FRAME_HEADER)
    first.copy(frame, FRAME_HEADER)
    second?.copy(frame, FRAME_HEADER + first.length)
    this.#write(frame)
  }

  /** Passes a whole frame on as it is. */
  pass(frame: Buffer): void {
    if (!this.#isFullFor(kindOf(frame))) this.#write(Buffer.from(frame))
  }

  close(): void {
    this.#stream.destroy()
  }

  #isFullFor(kind: number): boolean {
    if (this.#stream.destroyed) return true
    if (kind !== FRAME.packet || this.#stream.writableLength < MAX_WAITING) return false
    this.dropped++
    return true
  }

  /** All frames of one turn of the event loop leave in one system call. */
  #write(frame: Buffer): void {
    this.sent++
    if (!this.#corked) {
      this.#corked = true
      this.#stream.cork()
      process.nextTick(() => {
        this.#corked = false
        this.#stream.uncork()
      })
    }
    this.#stream.write(frame)
  }
}
