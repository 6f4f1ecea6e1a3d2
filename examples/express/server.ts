/** Videos by range in Express: VIDEOS=./videos PORT=3000 node server.ts, then /stream/?path=film.mp4 */
import type { AddressInfo } from 'node:net'
import express from 'express'
import { getRequestIp, getStreamingResponse, logWatchRequest, writeResponse } from 'klieg/streaming'

const root = process.env['VIDEOS'] ?? './videos'
const log = { add: (entry: object) => console.log(JSON.stringify(entry)) }

const app = express()

app.get('/stream/', async (request, outgoing) => {
  const path = typeof request.query['path'] === 'string' ? request.query['path'] : ''
  const { method, headers } = request
  const response = await getStreamingResponse({ root, path, method, headers })
  if (response.ok)
    await logWatchRequest({ log, videoPath: path, authenticated: false, ip: getRequestIp(request) })
  await writeResponse(response, outgoing)
})

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stream/?path=`),
)
