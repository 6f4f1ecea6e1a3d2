/**
 * What the frames door is compared with, in a process of its own: `ws` calls send for each viewer; `raw` writes bytes
 * that were made before the run to bare sockets. Prints its port.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { benchFrame, FRAME_BYTES } from './frames-load.ts'

const kind = process.argv[2]
const fps = Number(process.argv[3])
const server = createServer()
const viewers = new Set<Duplex>()

if (kind === 'ws') {
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    socket.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return
      for (const client of sockets.clients) if (client !== socket) client.send(data)
    })
  })
} else {
  const header = Buffer.from([0x82, 126, FRAME_BYTES >> 8, FRAME_BYTES & 255])
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    viewers.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => viewers.delete(socket))
    socket.resume()
  })
  setInterval(() => {
    const message = Buffer.concat([header, benchFrame()])
    for (const viewer of viewers) if (viewer.writableLength === 0) viewer.write(message)
  }, 1000 / fps)
}
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
