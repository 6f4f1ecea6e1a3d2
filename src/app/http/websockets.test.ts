import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { sessionOf } from '../../../test/support/fake-authentication.ts'
import { SignallingClient } from '../../../test/support/signalling-client.ts'
import { wholeServer } from '../../../test/support/whole-server.ts'

async function setUp(t: { after: (task: () => unknown) => void }, open = false) {
  const server = await wholeServer({ open })
  t.after(() => server[Symbol.asyncDispose]())
  server.authentication.known.set('ann', sessionOf('broadcaster', 'ann'))
  const url = (await server.fastify.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws')
  const handshake = async (path: string, headers: Record<string, string>) => {
    const socket = new WebSocket(url + path, { headers })
    const outcome = await once(socket, 'open').then(
      () => 'open',
      (error: Error) => error.message,
    )
    socket.terminate()
    return outcome
  }
  return { ...server, url, handshake }
}

describe('WebSockets and other sites', () => {
  test('[PERM84] with a cookie only an own page opens one: not a foreign Origin, not null, not none', async (t) => {
    const { handshake, url } = await setUp(t)
    for (const path of ['/ws/webrtc/lecture/', '/ws/streams/']) {
      for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}] as Record<
        string,
        string
      >[])
        assert.match(await handshake(path, { 'x-who': 'ann', ...headers }), /403/)
      assert.equal(await handshake(path, { 'x-who': 'ann', origin: url.replace('ws', 'http') }), 'open')
    }
  })

  test('[PERM85] without a cookie a page of another site is a client like any: by its token', async (t) => {
    const { goLive, viewerToken, url } = await setUp(t)
    await goLive({ id: 'lecture', visibility: 'private', ownerId: 'ann' })
    const join = async (token?: string) => {
      const headers = { origin: 'https://elsewhere.example' }
      const client = await SignallingClient.open(`${url}/ws/webrtc/lecture/`, headers)
      client.send({ type: 'join', role: 'viewer', ...(token !== undefined && { token }) })
      return client
    }
    assert.equal(await (await join()).closed, 4404)
    const client = await join((await viewerToken('lecture')).token)
    assert.equal((await client.next('welcome'))['state'], 'live')
    client.close()
  })

  test('[PERM86] in open mode pages of other sites open none', async (t) => {
    const { handshake } = await setUp(t, true)
    assert.match(await handshake('/ws/streams/', { origin: 'https://evil.example' }), /403/)
    assert.equal(await handshake('/ws/streams/', {}), 'open')
  })
})
