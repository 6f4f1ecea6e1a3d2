/**
 * The least that node:http can do: holds every request and answers all of them at once with the same bytes, whenever a
 * line comes in. Prints its port.
 *
 * node bench/holding-server.ts <bytes of the answer>
 */
import { createServer, type ServerResponse } from 'node:http'
import process from 'node:process'

const body = Buffer.alloc(Number(process.argv[2]), 7)
const headers = { 'content-type': 'application/vnd.apple.mpegurl', 'content-length': body.length }
let held: ServerResponse[] = []
const server = createServer((_request, response) => void held.push(response))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : 0)
})
process.stdin.on('data', () => {
  const all = held
  held = []
  for (const response of all) {
    response.writeHead(200, headers)
    response.end(body)
  }
})
process.stdin.on('end', () => process.exit(0))
