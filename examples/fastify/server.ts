/** Videos by range in Fastify: VIDEOS=./videos PORT=3000 node server.ts, then /stream/?path=film.mp4 */
import Fastify from 'fastify'
import { getRequestIp, getStreamingResponse, logWatchRequest } from 'klieg/streaming'

const root = process.env['VIDEOS'] ?? './videos'
const log = { add: (entry: object) => console.log(JSON.stringify(entry)) }

const fastify = Fastify()

fastify.route<{ Querystring: { path?: string | string[] } }>({
  method: ['GET', 'HEAD'],
  url: '/stream/',
  async handler(request, reply) {
    const path = typeof request.query.path === 'string' ? request.query.path : ''
    const { method, headers } = request
    const response = await getStreamingResponse({ root, path, method, headers })
    if (response.ok)
      await logWatchRequest({ log, videoPath: path, authenticated: false, ip: getRequestIp(request) })
    return reply.send(response)
  },
})

const address = await fastify.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' })
console.log(`${address}/stream/?path=`)
