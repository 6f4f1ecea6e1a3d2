import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Broadcast } from '../../core/broadcast.ts'
import type { Grant } from '../../core/doorkeeper.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Identity } from '../../core/identity.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import type { PublishAccess } from '../../core/publish-access.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { CLOSE } from '../close-codes.ts'
import { FollowerPlaces, type PlaceLimits } from '../follower-places.ts'
import { visitorOf } from '../visitor.ts'
import type { WebSocketRoute } from '../websocket-route.ts'
import { FrameClient, type Joining } from './frame-client.ts'
import { FrameConnection } from './frame-connection.ts'
import { MAX_FRAME_BYTES } from './frame.ts'
import type { FrameRole } from './frame-messages.ts'
import type { FrameRooms } from './frame-rooms.ts'

/** Tells state and viewers of a broadcast whenever they change. */
export type StateSource = {
  listen(
    broadcast: Broadcast,
    listener: (now: { readonly state: Broadcast['state']; readonly viewers: number }) => void,
  ): () => void
}

/** What the frames door needs from the rest of the system, and nothing more. */
export type FramesRouteOptions = {
  rooms: FrameRooms
  publishAccess: PublishAccess
  watchAccess: WatchAccess
  guesses: GuessLimit
  announcer: StateSource
  clock: Clock
  logger: Logger
  secrets: Pick<Secrets, 'newId'>
  /** The client's address, as far as proxies are trusted. */
  addressOf?: (request: IncomingMessage) => string
  places?: PlaceLimits
}

/** How long a client may take to say who it is. */
const JOIN_TIMEOUT = 10_000

/** JPEG frames over a WebSocket: `/ws/video/<id>/`. */
export class FramesRoute implements WebSocketRoute, AsyncDisposable {
  readonly path = /^\/ws\/video\/(?<id>[^/]+)\/?$/
  readonly maxPayload = MAX_FRAME_BYTES
  readonly #options: FramesRouteOptions
  readonly #places: FollowerPlaces
  readonly #connections = new Set<FrameConnection>()
  readonly #stopLooking: () => void

  constructor(options: FramesRouteOptions) {
    this.#options = options
    this.#places = new FollowerPlaces(options.places)
    this.#stopLooking = options.rooms.onLook((now) => {
      for (const connection of this.#connections) connection.look(now)
    })
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#connections.size
  }

  accept(
    socket: WebSocket,
    request: IncomingMessage,
    params: Readonly<Record<string, string>>,
    identity?: Identity,
  ): void {
    const { clock, logger, rooms, secrets, announcer, addressOf = peerAddress } = this.#options
    const address = addressOf(request)
    const connection = new FrameConnection({
      socket,
      stream: request.socket,
      clock,
      logger,
      onText: (text) => client.heard(text),
      onFrame: (jpeg) => client.received(jpeg),
      onFlood: () => client.flooded(),
    })
    const client: FrameClient = new FrameClient({
      ...{ connection, address, rooms, clock, announcer },
      newId: () => secrets.newId(),
      enter: (joining) =>
        this.#enter(joining, { id: params['id'] ?? '', request, address, identity, connection }),
    })
    this.#connections.add(connection)
    void connection.closed.then(() => this.#connections.delete(connection))
    try {
      const leave = this.#places.take(address)
      void connection.closed.then(leave)
    } catch {
      connection.fail(new BroadcastError('overloaded', 'too many send or watch frames now'))
      return
    }
    const cancel = clock.after(JOIN_TIMEOUT, () => {
      if (!client.hasJoined)
        connection.fail(new BroadcastError('bad-request', 'nobody joined in time'), CLOSE.policy)
    })
    void connection.closed.then(cancel)
  }

  /** Sends everybody away; they are expected to come back to the next process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopLooking()
    const connections = [...this.#connections]
    for (const connection of connections) connection.close(CLOSE.restart)
    await Promise.all(connections.map(({ closed }) => closed))
  }

  async #enter(
    { role, token }: Joining,
    arrival: {
      id: string
      request: IncomingMessage
      address: string
      identity: Identity | undefined
      connection: FrameConnection
    },
  ): Promise<Grant> {
    const { guesses, publishAccess, watchAccess } = this.#options
    const { id, request, address, identity, connection } = arrival
    const visitor = visitorOf(request.headers, address, identity, 'frames')
    const bearer = { ...visitor, token: token ?? visitor.token }
    const access = role === 'publisher' ? publishAccess : watchAccess
    const grant = await guesses.guard(bearer, () => access.enter(id, bearer))
    assertFits(grant.broadcast, role)
    watchAccess.hold(grant, { close: () => connection.close(CLOSE.forbidden), closed: connection.closed })
    return grant
  }
}

function assertFits(broadcast: Broadcast, role: FrameRole): void {
  if (broadcast.record.delivery === 'p2p')
    throw new BroadcastError('peer-to-peer-only', 'its media goes from peer to peer and never comes here')
  if (role === 'publisher') broadcast.assertFree()
  else if (broadcast.state === 'ended') broadcast.assertWatchable()
}

function peerAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? ''
}
