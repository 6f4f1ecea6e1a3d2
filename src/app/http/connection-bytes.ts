import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'

/** Bytes of all connections of a server since it began: HTTP and WebSockets alike. */
export function connectionBytes(server: EventEmitter): () => { bytesIn: number; bytesOut: number } {
  const open = new Set<Pick<Socket, 'bytesRead' | 'bytesWritten'>>()
  const over = { bytesIn: 0, bytesOut: 0 }
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      over.bytesIn += socket.bytesRead
      over.bytesOut += socket.bytesWritten
    })
  })
  return () => {
    let { bytesIn, bytesOut } = over
    for (const socket of open) {
      bytesIn += socket.bytesRead
      bytesOut += socket.bytesWritten
    }
    return { bytesIn, bytesOut }
  }
}
