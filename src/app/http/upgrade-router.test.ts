import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { WebSocket } from 'ws'
import type { WebSocketRoute } from '../../protocols/websocket-route.ts'
import { UpgradeRouter } from './upgrade-router.ts'

/** A server of somebody else's, with our WebSockets on it. */
async function setUp(refusal?: string) {
  const accepted: Readonly<Record<string, string>>[] = []
  const echo: WebSocketRoute = {
    path: /^\/ws\/echo\/(?<id>[^/]+)\/?$/,
    maxPayload: 16,
    accept(socket, _request, params) {
      accepted.push(params)
      socket.on('error', () => undefined)
      socket.on('message', (data) => socket.send(data))
    },
  }
  const router = new UpgradeRouter([echo], () => refusal)
  const server = createServer().on('upgrade', router.handleUpgrade).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const open = (path: string) => new WebSocket(`ws://127.0.0.1:${port}${path}`)
  const statusOf = async (path: string) => {
    const [error] = (await once(open(path), 'error')) as [Error]
    return error.message
  }
  return { accepted, open, statusOf, [Symbol.dispose]: () => void server.close() }
}

describe('WebSocket handshakes', () => {
  test('[WS2] each goes to the route of its path, on any server', async () => {
    using all = await setUp()
    const socket = all.open('/ws/echo/a%20b/?x=1')
    await once(socket, 'open')
    socket.send('hello')
    const [data] = (await once(socket, 'message')) as [Buffer]

    assert.equal(data.toString(), 'hello')
    assert.deepEqual(all.accepted, [{ id: 'a b' }])
    socket.send('x'.repeat(17))
    const [code] = (await once(socket, 'close')) as [number]
    assert.equal(code, 1009)
  })

  test('[WS3] where there is no WebSocket the answer is 404, to whom it is refused 403', async () => {
    using all = await setUp()
    for (const path of ['/ws/none/', '/', '/ws/echo/%ff/']) assert.match(await all.statusOf(path), /404/)
    using refusing = await setUp('Not für you.')
    assert.match(await refusing.statusOf('/ws/echo/a/'), /403/)
    assert.deepEqual(refusing.accepted, [])
  })
})
