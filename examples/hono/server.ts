/** Videos by range in Hono: VIDEOS=./videos PORT=3000 node server.ts, then /stream/?path=film.mp4 */
import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { getRequestIp, getStreamingResponse, logWatchRequest } from 'klieg/streaming'

const root = process.env['VIDEOS'] ?? './videos'
const log = { add: (entry: object) => console.log(JSON.stringify(entry)) }

const app = new Hono()

app.get('/stream/', async (context) => {
  const [path = '', ...others] = context.req.queries('path') ?? []
  if (others.length > 0) return context.text('one path, please', 400)
  const request = context.req.raw
  const { method, headers } = request
  const response = await getStreamingResponse({ root, path, method, headers })
  const { address: remoteAddress } = getConnInfo(context).remote
  if (response.ok)
    await logWatchRequest({
      log,
      videoPath: path,
      authenticated: false,
      ip: getRequestIp(request, { remoteAddress }),
    })
  return response
})

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}/stream/?path=`),
)
