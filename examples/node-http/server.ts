/** Videos by range with nothing but Node: VIDEOS=./videos PORT=3000 node server.ts, then /stream/?path=film.mp4 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestIp, getStreamingResponse, logWatchRequest, writeResponse } from 'klieg/streaming'

const root = process.env['VIDEOS'] ?? './videos'
const log = { add: (entry: object) => console.log(JSON.stringify(entry)) }

const server = createServer(async (request, outgoing) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname !== '/stream/') return outgoing.writeHead(404).end()
  const [path = '', ...others] = url.searchParams.getAll('path')
  if (others.length > 0) return outgoing.writeHead(400).end()
  const { method = 'GET', headers } = request
  const response = await getStreamingResponse({ root, path, method, headers })
  if (response.ok)
    await logWatchRequest({ log, videoPath: path, authenticated: false, ip: getRequestIp(request) })
  return writeResponse(response, outgoing)
})

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stream/?path=`),
)
