import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Of a picture of a camera, 1280 × 720 at medium quality. */
export const FRAME_BYTES = 60_000
/** With the header that RFC 6455 puts before it. */
export const MESSAGE_BYTES = FRAME_BYTES + 4
const HEAD = Buffer.from('ffd8ffe000040000ffc0000b0802d0050001011100', 'hex')
const TIME_AT = HEAD.length

/** A frame with the time it was made in it. */
export function benchFrame(): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES, 7)
  HEAD.copy(frame)
  frame.writeDoubleBE(performance.timeOrigin + performance.now(), TIME_AT)
  frame[FRAME_BYTES - 2] = 0xff
  frame[FRAME_BYTES - 1] = 0xd9
  return frame
}

/** Milliseconds since it was made. */
export function ageOf(frame: Buffer): number {
  return performance.timeOrigin + performance.now() - frame.readDoubleBE(TIME_AT)
}

/** A viewer that costs next to nothing: counts bytes, and can stop reading. */
export async function cheapViewer(
  port: number,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  await once(socket, 'data')
  const text = Buffer.from('{"type":"join","role":"viewer"}')
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]))
  socket.on('data', ({ length }) => onBytes(length))
  socket.on('error', () => undefined)
  return socket
}
