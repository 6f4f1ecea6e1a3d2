/** The least that a Node server can do to hand a file over to nginx: the floor beneath the range door's X-Accel-Redirect. Takes its port. */
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  const name = new URL(request.url ?? '/', 'http://floor').searchParams.get('path') ?? ''
  response.setHeader('content-type', 'video/mp4')
  response.setHeader('x-accel-redirect', `/floor/${encodeURIComponent(name)}`)
  response.end()
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'))
