import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { FakeSession } from '../../../test/support/fake-session.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { restRig } from '../../../test/support/rest-rig.ts'
import { liveListPlugin } from './live-list-plugin.ts'
import { LiveListRoute } from './live-list-route.ts'

type Message = {
  type: string
  id?: string
  broadcasts?: { id: string }[]
  broadcast?: { id: string; viewers: number }
}

async function setUp() {
  const rig = await restRig()
  const { broadcast } = await rig.broadcasts.create({ id: 'on-air', title: '<b>bold</b>' })
  const session = new FakeSession('session-1')
  broadcast.attachPublisher(session)
  broadcast.publisherConnected(session)
  await rig.broadcasts.create({ id: 'waiting' })
  return { ...rig, broadcast }
}

describe('/streams/', () => {
  test('[LIST1] JSON for those who ask for JSON, a page for browsers', async () => {
    const { fastify, broadcasts, publicUrl } = await setUp()
    await fastify.register(liveListPlugin, {
      broadcasts,
      publicUrl,
      sendPage: (reply) => reply.type('text/html').send('page'),
    })

    const json = await fastify.inject({ url: '/streams/', headers: { accept: 'application/json' } })
    const page = await fastify.inject({
      url: '/streams',
      headers: { accept: 'text/html,application/xhtml+xml' },
    })

    const { streams } = json.json<{ streams: { id: string }[] }>()
    assert.deepEqual(
      streams.map(({ id }) => id),
      ['on-air'],
    )
    assert.equal(page.payload, 'page')
  })

  test('[LIST2] the WebSocket tells the list, then what changes, and closes on whoever talks', async () => {
    const { broadcast, broadcasts, clock, publicUrl } = await setUp()
    await using route = new LiveListRoute({
      broadcasts,
      clock,
      addressOf: () => '192.0.2.1',
      baseOf: () => publicUrl,
    })
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    server.on('connection', (socket, request) => route.accept(socket, request))
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const client = new WebSocket(`ws://127.0.0.1:${port}/ws/streams/`)
    const told: Message[] = []
    client.on('message', (data: Buffer) => told.push(JSON.parse(data.toString()) as Message))
    const until = (type: string) =>
      eventually(
        () => told.some((message) => message.type === type),
        () => `no ${type} in ${JSON.stringify(told)}`,
        5,
      )

    await until('list')
    assert.deepEqual(
      told[0]?.broadcasts?.map(({ id }) => id),
      ['on-air'],
    )
    broadcast.addViewer(new FakeSession('session-2'))
    await until('updated')
    assert.equal(told.find(({ type }) => type === 'updated')?.broadcast?.viewers, 1)
    await broadcast.stop()
    await until('ended')
    await broadcasts.remove(broadcast)
    await until('removed')

    client.send('hello')
    const [code] = (await once(client, 'close')) as [number]
    assert.equal(code, 1008)
    server.close()
  })
})
