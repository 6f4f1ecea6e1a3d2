/**
 * What crosses the pipe between two processes: length of the rest (4 bytes), kind (1), channel (4), payload. A channel
 * carries one broadcast from one process to one other, and is numbered by the main process.
 */
export const FRAME = {
  /** Payload: the tracks as JSON. Everything before belongs to an earlier publisher. */
  tracks: 1,
  /** Payload: track and layer (1 byte each), then an RTP packet. */
  packet: 2,
  /** Payload: track and layer, then a layer's state as JSON. */
  layerState: 3,
  /** Upstream. Payload: track and layer. */
  keyFrameWanted: 4,
  /** The source is gone. */
  ended: 5,
} as const

export const FRAME_HEADER = 9
/** Where an RTP packet begins in its frame. */
export const PACKET_START = FRAME_HEADER + 2
const MAX_FRAME = 1024 * 1024

/** What a relay writes to: the pipe to another process, or another part of this one. */
export interface RelayOutlet {
  /** Hot path. The packet is the first `length` bytes, and may be overwritten afterwards. */
  packet(channel: number, track: number, layer: number, packet: Buffer, length: number): void
  message(kind: number, channel: number, payload: Buffer): void
}

export function writeFrameHeader(
  frame: Buffer,
  at: number,
  kind: number,
  channel: number,
  payload: number,
): void {
  frame.writeUInt32BE(FRAME_HEADER - 4 + payload, at)
  frame[at + 4] = kind
  frame.writeUInt32BE(channel, at + 5)
}

export const kindOf = (frame: Buffer): number => frame[4] ?? 0
export const channelOf = (frame: Buffer): number => frame.readUInt32BE(5)
export const trackOf = (frame: Buffer): number => frame[FRAME_HEADER] ?? 0
export const layerOf = (frame: Buffer): number => frame[FRAME_HEADER + 1] ?? 0

/** Cuts a byte stream into whole frames. */
export class FrameReader {
  #held: Buffer | undefined

  /** Throws when the stream makes no sense. */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    const bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk
    let at = 0
    while (at + 4 <= bytes.length) {
      const length = bytes.readUInt32BE(at) + 4
      if (length < FRAME_HEADER || length > MAX_FRAME)
        throw new Error(`impossible relay frame of ${length} bytes`)
      if (at + length > bytes.length) break
      onFrame(bytes.subarray(at, at + length))
      at += length
    }
    this.#held = at < bytes.length ? Buffer.from(bytes.subarray(at)) : undefined
  }
}
