import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { installChat } from '../../src/app/chat.ts'
import type { Identity } from '../../src/core/identity.ts'
import type { RenditionJournal } from '../../src/core/recording/journal.ts'
import type { RecordingRecord } from '../../src/core/recording/recording-store.ts'
import { BroadcastError } from '../../src/core/errors.ts'
import type { PlaceLimits } from '../../src/protocols/follower-places.ts'
import { WebSocketServer } from 'ws'
import { ChatRooms } from '../../src/core/chat/chat-rooms.ts'
import { FakeChatStore } from './fake-chat-store.ts'
import { FakeLogger } from './fake-logger.ts'
import { restRig } from './rest-rig.ts'
import { SignallingClient } from './signalling-client.ts'

export type ChatMessageHeard = { id: string; text: string; name: string; author: string; role: string }
export type Welcome = {
  you: {
    author: string
    name: string
    role: string
    mayModerate: boolean
    guest?: string
    mutedUntil: string
  }
  history: ChatMessageHeard[]
  enabled: boolean
  slowMode: number
}

/** The doors of the chat on a real socket, over fakes. Who asks is said in the header `x-person`. */
export async function chatDoor(
  context: TestContext,
  { open = false, places }: { open?: boolean; places?: PlaceLimits } = {},
) {
  const rig = await restRig({ open })
  const { fastify } = rig
  const store = new FakeChatStore()
  const logger = new FakeLogger()
  const rooms = new ChatRooms({ ...rig, store, logger })
  const identities = new Map<string, Identity>()
  const recordings = new Map<string, RecordingRecord & { renditions: RenditionJournal[] }>()
  fastify.decorateRequest('identity', undefined)
  fastify.addHook('onRequest', async (request) => {
    request.identity = identities.get(String(request.headers['x-person']))
  })
  const recordingOf = async (id: string) => {
    const found = recordings.get(id)
    if (!found) throw new BroadcastError('recording-not-found', 'there is none')
    return found
  }
  const route = await installChat(fastify, rooms, {
    ...rig,
    ...{ open, logger },
    ...(places && { places }),
    access: rig,
    secret: 'secret',
    recordings: { get: recordingOf, journals: async (id) => (await recordingOf(id)).renditions },
    addressOf: (request) => String(request.headers['x-address'] ?? '192.0.2.1'),
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: route.maxPayload })
  fastify.server.on('upgrade', (request, socket, head) => {
    const params = route.path.exec(request.url ?? '')?.groups ?? {}
    const identity = identities.get(String(request.headers['x-person']))
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      route.accept(webSocket, request, params, identity),
    )
  })
  await fastify.ready()
  fastify.server.listen(0, '127.0.0.1')
  await once(fastify.server, 'listening')
  context.after(async () => {
    for (const socket of sockets.clients) socket.terminate()
    await fastify.close()
  })
  const { port } = fastify.server.address() as AddressInfo
  const connect = (id = 'lecture', headers: Record<string, string> = {}) =>
    SignallingClient.open(`ws://127.0.0.1:${port}/ws/chat/${id}/`, headers)

  /** A client that was welcomed. */
  async function join(message: object = {}, headers: Record<string, string> = {}, id = 'lecture') {
    const client = await connect(id, headers)
    client.send({ type: 'join', ...message })
    const welcome = (await client.next('welcome')) as unknown as Welcome
    return Object.assign(client, { welcome })
  }
  return { ...rig, store, rooms, route, identities, recordings, connect, join }
}
