import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws'
import { GuessLimit } from '../../src/core/guess-limit.ts'
import { FrameRooms } from '../../src/protocols/frames/frame-rooms.ts'
import { FramesRoute } from '../../src/protocols/frames/frames-route.ts'
import { StateAnnouncer } from '../../src/protocols/webrtc/state-announcer.ts'
import { accessRig } from './access-rig.ts'
import { broadcastsRig } from './broadcasts-rig.ts'
import { until } from './webrtc-door.ts'

type Message = { readonly type: string; readonly [name: string]: unknown }

/** A client of the frames door that keeps what it hears. */
export class FramesClient {
  readonly socket: WebSocket
  readonly messages: Message[] = []
  readonly frames: Buffer[] = []
  /** Undefined while it is connected. */
  closedWith: number | undefined

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, options)
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.frames.push(data)
      else this.messages.push(JSON.parse(data.toString()) as Message)
    })
    this.socket.on('close', (code) => (this.closedWith = code))
    this.socket.on('error', () => undefined)
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Waits until it has heard such a message, and returns the latest. */
  async heard(type: string): Promise<Message> {
    await until(() => this.messages.some((message) => message.type === type))
    return this.messages.findLast((message) => message.type === type) ?? { type }
  }

  async gotFrames(count: number): Promise<Buffer[]> {
    await until(() => this.frames.length >= count)
    return this.frames
  }

  async closed(): Promise<number> {
    await until(() => this.closedWith !== undefined)
    return this.closedWith ?? 0
  }
}

/** The frames door over real sockets; everything else is a fake that remembers. */
export async function framesRig(t: TestContext, { open = false } = {}) {
  const rig = await broadcastsRig()
  const { broadcasts, clock, logger, secrets } = rig
  const access = accessRig({ open, broadcasts, secrets, clock, logger })
  const rooms = new FrameRooms(rig)
  const announcer = new StateAnnouncer(rig)
  const guesses = new GuessLimit({ clock })
  const route = new FramesRoute({ ...rig, ...access, rooms, guesses, announcer })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: route.maxPayload,
    perMessageDeflate: false,
  })
  const server = createServer().on('upgrade', (request, socket, head) => {
    const params = route.path.exec(request.url ?? '')?.groups ?? {}
    sockets.handleUpgrade(request, socket, head, (webSocket) => route.accept(webSocket, request, params))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
    rooms.close()
  })

  async function connect(id: string, options?: ClientOptions): Promise<FramesClient> {
    const client = new FramesClient(`ws://127.0.0.1:${port}/ws/video/${id}/`, options)
    await once(client.socket, 'open')
    return client
  }
  async function publisher(id: string, key: string): Promise<FramesClient> {
    const client = await connect(id)
    client.say({ type: 'join', role: 'publisher', token: key })
    await client.heard('welcome')
    return client
  }
  async function viewer(id: string, token?: string): Promise<FramesClient> {
    const client = await connect(id)
    client.say({ type: 'join', role: 'viewer', ...(token !== undefined && { token }) })
    await client.heard('welcome')
    return client
  }
  /** A broadcast with a publisher that has sent this frame. */
  async function live(frame: Buffer, id = 'room') {
    const { broadcast, streamKey } = await broadcasts.create({ id })
    const sender = await publisher(id, streamKey)
    sender.socket.send(frame)
    await until(() => broadcast.state === 'live')
    return { broadcast, streamKey, sender }
  }
  return {
    ...rig,
    ...access,
    guesses,
    rooms,
    announcer,
    route,
    sockets,
    port,
    connect,
    publisher,
    viewer,
    live,
  }
}
