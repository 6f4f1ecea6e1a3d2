import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { installBodyDeadline } from './body-deadline.ts'

test('[LB36] a body that does not come is cut off, unless its route may take long', async () => {
  const fastify = Fastify({ forceCloseConnections: true })
  installBodyDeadline(fastify, { within: 300, except: ({ url }) => url === '/long' })
  for (const url of ['/short', '/long']) fastify.post(url, async () => 'whole')
  const address = new URL(await fastify.listen({ host: '127.0.0.1', port: 0 }))
  async function answerOf(url: string): Promise<string> {
    const socket = connect(Number(address.port), address.hostname)
    socket.on('error', () => undefined)
    let answer = ''
    socket.on('data', (data: Buffer) => (answer += data.toString()))
    socket.write(
      `POST ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\na`,
    )
    const closed = once(socket, 'close')
    await Promise.race([closed, sleep(1200)])
    socket.write('b')
    await closed
    return answer
  }
  try {
    const [short, long] = await Promise.all([answerOf('/short'), answerOf('/long')])
    assert.equal(short, '')
    assert.match(long, /200 OK[^]*whole$/)
  } finally {
    await fastify.close()
  }
})
