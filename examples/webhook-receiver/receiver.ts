/**
 * Receives webhooks and answers authorisation hooks, believing only what is signed:
 * SECRET=whsec_… HOOK_SECRET=whsec_… TOKEN=letmein PORT=4000 node receiver.ts
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

const FIVE_MINUTES = 300
const MAX_BODY = 1024 * 1024
const { SECRET = '', HOOK_SECRET = '', TOKEN = '', PORT = '4000' } = process.env

/** Ids that have arrived: an event may come twice, for instance when our answer was lost. Yours is a database. */
const seen = new Set<string>()

/** Throws unless whoever knows the secret sent these bytes within the last minutes. */
function verify(secret: string, { headers }: IncomingMessage, body: string): { id: string } {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  )
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > FIVE_MINUTES) throw new Error('too old')
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
  const isRight = (signature: string) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64')
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  if (key.length === 0 || !(signatures ?? '').split(' ').some(isRight)) throw new Error('wrong signature')
  return { id: id ?? '' }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const server = createServer(async (request, response) => {
  try {
    const body = await bodyOf(request)
    if (request.url === '/may') {
      verify(HOOK_SECRET, request, body)
      const { token } = JSON.parse(body) as { token?: string }
      const isRight = TOKEN !== '' && token === TOKEN
      response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' })
      response.end(isRight ? JSON.stringify({ userId: '42', name: 'Ada' }) : undefined)
      return
    }
    const { id } = verify(SECRET, request, body)
    if (!seen.has(id)) console.log(body) // do your work here, or better: put it in a queue
    seen.add(id)
    response.writeHead(204).end()
  } catch (error) {
    console.error(`refused: ${error instanceof Error ? error.message : String(error)}`)
    response.writeHead(401).end()
  }
})

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
})
