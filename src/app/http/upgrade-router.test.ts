import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { keyOf, sessionOf } from '../../../test/support/fake-authentication.ts'
import type { Identity } from '../../core/identity.ts'
import { mayUpgradeWith } from '../../protocols/request-identity.ts'
import { isOwnOrigin } from '../../protocols/visitor.ts'
import type { WebSocketRoute } from '../../protocols/websocket-route.ts'
import { UpgradeRouter } from './upgrade-router.ts'

/** A server of somebody else's, with our WebSockets on it. */
async function setUp(refusal?: string, identity?: Identity) {
  const accepted: Readonly<Record<string, string>>[] = []
  const known: (Identity | undefined)[] = []
  const echo: WebSocketRoute = {
    path: /^\/ws\/echo\/(?<id>[^/]+)\/?$/,
    maxPayload: 16,
    accept(socket, _request, params, whose) {
      accepted.push(params)
      known.push(whose)
      socket.on('error', () => undefined)
      socket.on('message', (data) => socket.send(data))
    },
  }
  const router = new UpgradeRouter(
    [echo],
    (request, whose) =>
      mayUpgradeWith(whose, request, ({ headers }) => isOwnOrigin(headers)) ? refusal : 'Not with a cookie.',
    identity && (async () => identity),
  )
  const server = createServer().on('upgrade', router.handleUpgrade).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const open = (path: string, origin?: string) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, origin === undefined ? {} : { origin })
  const statusOf = async (path: string, origin?: string) => {
    const [error] = (await once(open(path, origin), 'error')) as [Error]
    return error.message
  }
  return { accepted, known, port, open, statusOf, [Symbol.dispose]: () => void server.close() }
}

/** Opens, and leaves again. */
async function opened(socket: WebSocket): Promise<void> {
  await once(socket, 'open')
  socket.close()
  await once(socket, 'close')
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

  test('[AC5] with a cookie a handshake needs an own Origin, with a key it needs none', async () => {
    using cookie = await setUp(undefined, sessionOf('admin'))
    for (const origin of [undefined, 'null', 'https://evil.example'])
      assert.match(await cookie.statusOf('/ws/echo/a/', origin), /403/)
    await opened(cookie.open('/ws/echo/a/', `http://127.0.0.1:${cookie.port}`))
    assert.deepEqual(cookie.known, [sessionOf('admin')])

    using key = await setUp(undefined, keyOf('admin', ['admin']))
    await opened(key.open('/ws/echo/a/'))
    assert.deepEqual(key.known, [keyOf('admin', ['admin'])])
  })
})
