import type { Duplex } from 'node:stream'
import {
  FRAME,
  FRAME_HEADER,
  FrameReader,
  kindOf,
  PACKET_START,
  type RelayOutlet,
  writeFrameHeader,
} from './relay-frame.ts'

/** Bytes that may wait in a pipe before packets are dropped. */
const MAX_WAITING = 8 * 1024 * 1024
const SLAB_BYTES = 256 * 1024

export type RelayLinkOptions = {
  stream: Duplex
  /** The frame must be used up during the call. */
  onFrame: (frame: Buffer) => void
  onError: (error: unknown) => void
}

/** One end of the pipe between the main process and a worker. All frames of one turn leave in one write. */
export class RelayLink implements RelayOutlet {
  /** Frames that were sent. */
  sent = 0
  /** Packets that found the pipe full. */
  dropped = 0
  readonly #stream: Duplex
  /** Frames are laid one behind the other into a slab; written parts are never touched again. */
  #slab: Buffer = Buffer.alloc(0)
  #unwritten = 0
  #end = 0
  #isFlushDue = false

  constructor({ stream, onFrame, onError }: RelayLinkOptions) {
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

  packet(channel: number, track: number, layer: number, packet: Buffer, length: number): void {
    if (this.#isFull()) return
    const at = this.#reserve(PACKET_START + length)
    writeFrameHeader(this.#slab, at, FRAME.packet, channel, 2 + length)
    this.#slab[at + FRAME_HEADER] = track
    this.#slab[at + FRAME_HEADER + 1] = layer
    packet.copy(this.#slab, at + PACKET_START, 0, length)
  }

  message(kind: number, channel: number, payload: Buffer): void {
    if (this.#stream.destroyed) return
    const at = this.#reserve(FRAME_HEADER + payload.length)
    writeFrameHeader(this.#slab, at, kind, channel, payload.length)
    payload.copy(this.#slab, at + FRAME_HEADER)
  }

  /** Passes a whole frame on as it is. */
  pass(frame: Buffer): void {
    if (kindOf(frame) === FRAME.packet ? this.#isFull() : this.#stream.destroyed) return
    const at = this.#reserve(frame.length)
    frame.copy(this.#slab, at)
  }

  close(): void {
    this.#stream.destroy()
  }

  #isFull(): boolean {
    if (this.#stream.destroyed) return true
    if (this.#stream.writableLength + this.#end - this.#unwritten < MAX_WAITING) return false
    this.dropped++
    return true
  }

  /** Where in the slab `length` bytes may be laid. */
  #reserve(length: number): number {
    if (this.#end + length > this.#slab.length) {
      this.#write()
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length))
      this.#unwritten = this.#end = 0
    }
    if (!this.#isFlushDue) {
      this.#isFlushDue = true
      setImmediate(() => {
        this.#isFlushDue = false
        this.#write()
      })
    }
    const at = this.#end
    this.#end += length
    this.sent++
    return at
  }

  #write(): void {
    if (this.#end > this.#unwritten && !this.#stream.destroyed)
      this.#stream.write(this.#slab.subarray(this.#unwritten, this.#end))
    this.#unwritten = this.#end
  }
}
