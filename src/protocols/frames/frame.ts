import { BroadcastError } from '../../core/errors.ts'
import { jpegSizeOf } from '../../media/jpeg.ts'
import type { FrameServerMessage } from './frame-messages.ts'

/** Bytes of the largest frame. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024
/** Between the parts of a multipart answer. */
export const BOUNDARY = 'frame'
/** RFC 6455 §5.2: a whole message, not masked; the length follows in the next byte, or in 2 or 8 more. */
const WHOLE_TEXT = 0x81
const WHOLE_BINARY = 0x82
const LENGTH_IN_2 = 126
const LENGTH_IN_8 = 127

/** One picture on its way to every viewer: checked once, framed once, and the same bytes for all. */
export class Frame {
  /** A whole WebSocket message. */
  readonly message: Buffer
  readonly jpeg: Buffer
  /** Counts up within the life of a room. */
  readonly number: number
  /** Monotonic milliseconds. */
  readonly receivedAt: number
  /** Milliseconds since the epoch: when the camera saw it, as far as its publisher tells. */
  readonly capturedAt: number
  /** Whoever wants to know the time from time to time learns it with this one, so that it is written once for all. */
  readonly tellsTime: boolean
  readonly width: number
  readonly height: number
  #part: Buffer | undefined
  #timedMessage: Buffer | undefined

  /** Throws `bad-request` for what is no JPEG, is cut short, or would cost too much to decode. Nothing is decoded. */
  constructor(jpeg: Buffer, number: number, receivedAt: number, capturedAt: number, tellsTime = false) {
    const size = jpegSizeOf(jpeg)
    if (!size || jpeg.length > MAX_FRAME_BYTES)
      throw new BroadcastError(
        'bad-request',
        'a frame must be one whole JPEG of up to 16 megapixels and 4 MiB',
      )
    this.width = size.width
    this.height = size.height
    this.number = number
    this.receivedAt = receivedAt
    this.capturedAt = capturedAt
    this.tellsTime = tellsTime
    this.message = messageOf(WHOLE_BINARY, jpeg)
    this.jpeg = this.message.subarray(this.message.length - jpeg.length)
  }

  /** The message that tells when it was taken, and the frame behind it: in one buffer, so that both cost one write. */
  get timedMessage(): Buffer {
    this.#timedMessage ??= Buffer.concat([messageOf(WHOLE_TEXT, this.#clockText()), this.message])
    return this.#timedMessage
  }

  /** A part of multipart/x-mixed-replace, with the boundary that ends it: browsers show a part only once it has ended. */
  get part(): Buffer {
    this.#part ??= Buffer.concat([
      Buffer.from(`Content-Type: image/jpeg\r\nContent-Length: ${this.jpeg.length}\r\n\r\n`),
      this.jpeg,
      Buffer.from(`\r\n--${BOUNDARY}\r\n`),
    ])
    return this.#part
  }

  #clockText(): Buffer {
    const clock: FrameServerMessage = { type: 'clock', capturedAt: this.capturedAt }
    return Buffer.from(JSON.stringify(clock))
  }
}

/** One buffer: two hundred viewers then cost two hundred writes of one piece each. */
function messageOf(firstByte: number, payload: Buffer): Buffer {
  const { length } = payload
  const start = length < LENGTH_IN_2 ? 2 : length < 0x10000 ? 4 : 10
  const message = Buffer.allocUnsafeSlow(start + length) // its own memory, which goes when the frame goes
  message[0] = firstByte
  if (start === 2) message[1] = length
  else if (start === 4) {
    message[1] = LENGTH_IN_2
    message.writeUInt16BE(length, 2)
  } else {
    message[1] = LENGTH_IN_8
    message.writeBigUInt64BE(BigInt(length), 2)
  }
  payload.copy(message, start)
  return message
}
