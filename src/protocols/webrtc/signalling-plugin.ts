import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Broadcast } from '../../core/broadcast.ts'
import { type Grant, personIdOf } from '../../core/doorkeeper.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { IceServer } from '../../core/ice-server.ts'
import type { Identity } from '../../core/identity.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import type { PublishAccess } from '../../core/publish-access.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { isOwnOrigin, visitorOf } from '../visitor.ts'
import type { WebSocketRoute } from '../websocket-route.ts'
import { Admission, type AdmissionLimits } from './admission.ts'
import { ForwardedPeer } from './forwarded-peer.ts'
import { PeerRooms, RoomPeer } from './peer-room.ts'
import type { Sessions } from './sessions.ts'
import { CLOSE } from '../close-codes.ts'
import { MAX_MESSAGE_BYTES, SignallingConnection } from './signalling-connection.ts'
import type { ClientMessage, JoinMessage, RelayedMessage } from './signalling-messages.ts'
import type { StateAnnouncer } from './state-announcer.ts'

/** What signalling needs from the rest of the system, and nothing more. */
export type SignallingOptions = {
  sessions: Sessions
  publishAccess: PublishAccess
  watchAccess: WatchAccess
  guesses: GuessLimit
  announcer: StateAnnouncer
  clock: Clock
  logger: Logger
  secrets: Pick<Secrets, 'newId'>
  /** Asked for each welcome, for credentials may be short-lived. */
  iceServers: () => readonly IceServer[]
  /** The client's address, as far as proxies are trusted. */
  addressOf?: (request: IncomingMessage) => string
  /** Which pages may connect; by default those of the same host, and programs, which send no Origin. */
  mayConnect?: (headers: IncomingHttpHeaders) => boolean
  limits?: Partial<SignallingLimits>
}

export type SignallingLimits = {
  /** Connected, but not joined yet. */
  readonly joining: AdmissionLimits
  readonly total: number
}

const DEFAULT_LIMITS: SignallingLimits = { joining: { perAddress: 200, total: 2000 }, total: 20_000 }
/** How long a client may take to say who it is. */
const JOIN_TIMEOUT = 10_000
/** How long a client may take to answer a goodbye. */
const GOODBYE_TIMEOUT = 2_000

type Arrival = {
  id: string
  request: IncomingMessage
  address: string
  identity: Identity | undefined
  connection: SignallingConnection
}
type Receive = (message: RelayedMessage & { to?: string }) => Promise<void>

/** Signalling over a WebSocket, in both deliveries: `/ws/webrtc/<id>/`. */
export class SignallingRoute implements WebSocketRoute, AsyncDisposable {
  readonly path = /^\/ws\/webrtc\/(?<id>[^/]+)\/?$/
  readonly maxPayload = MAX_MESSAGE_BYTES
  readonly #options: SignallingOptions
  readonly #rooms = new PeerRooms()
  readonly #joining: Admission
  readonly #maxConnections: number
  readonly #connections = new Set<SignallingConnection>()

  constructor(options: SignallingOptions) {
    const { joining, total } = { ...DEFAULT_LIMITS, ...options.limits }
    this.#options = options
    this.#joining = new Admission(joining)
    this.#maxConnections = total
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
    const { clock, logger, addressOf = peerAddress, mayConnect = isOwnOrigin } = this.#options
    let receive: Receive | undefined
    const connection = new SignallingConnection({
      socket,
      clock,
      logger,
      onMessage: async (message: ClientMessage) => {
        if (message.type !== 'join') {
          if (!receive) throw new BroadcastError('bad-request', 'the first message must be "join"')
          await receive(message)
        } else if (receive)
          throw new BroadcastError('not-allowed', 'this connection has joined already, as what it is')
        else {
          const id = params['id'] ?? ''
          receive = await this.#join(message, { id, request, address, identity, connection })
        }
        joined()
      },
    })
    const address = addressOf(request)
    let joined = (): void => undefined
    try {
      if (!mayConnect(request.headers))
        throw new BroadcastError('not-allowed', 'pages of other sites may not connect')
      if (this.#connections.size >= this.#maxConnections)
        throw new BroadcastError('overloaded', 'this server is full')
      joined = this.#waitForJoin(connection, address)
    } catch (error) {
      connection.fail(error)
      return
    }
    this.#connections.add(connection)
    void connection.closed.then(() => this.#connections.delete(connection))
  }

  /** Sends everybody away; they are expected to come back to the next process. */
  async [Symbol.asyncDispose](): Promise<void> {
    const connections = [...this.#connections]
    for (const connection of connections) connection.close(CLOSE.restart)
    const cancel = this.#options.clock.after(GOODBYE_TIMEOUT, () => {
      for (const connection of connections) connection.terminate()
    })
    await Promise.all(connections.map((connection) => connection.closed))
    cancel()
  }

  #waitForJoin(connection: SignallingConnection, address: string): () => void {
    const leave = this.#joining.enter(address)
    const cancel = this.#options.clock.after(JOIN_TIMEOUT, () =>
      connection.fail(new BroadcastError('bad-request', 'nobody joined in time'), CLOSE.policy),
    )
    const joined = (): void => {
      cancel()
      leave()
    }
    void connection.closed.then(joined)
    return joined
  }

  /** Any refusal of a join ends the connection. */
  async #join(message: JoinMessage, arrival: Arrival): Promise<Receive> {
    try {
      const grant = await this.#enter(message, arrival)
      const receive = this.#welcome(grant, message, arrival)
      this.#hold(grant, arrival.connection)
      return async (relayed) => {
        await this.#options.watchAccess.assertHolds(grant)
        await receive(relayed)
      }
    } catch (error) {
      arrival.connection.fail(error, CLOSE.policy)
      return async () => undefined
    }
  }

  async #enter({ role, token }: JoinMessage, { id, request, address, identity }: Arrival): Promise<Grant> {
    const { guesses, publishAccess, watchAccess } = this.#options
    const visitor = visitorOf(request.headers, address, identity, 'signalling')
    const bearer = { ...visitor, token: token ?? visitor.token }
    const access = role === 'broadcaster' ? publishAccess : watchAccess
    const grant = await guesses.guard(bearer, () => access.enter(id, bearer))
    const { broadcast } = grant
    if (role === 'broadcaster') broadcast.assertFree()
    else if (broadcast.state === 'ended') broadcast.assertWatchable()
    return grant
  }

  /** The right to be here is asked for at every message; whoever only listens is sent away when it is lost. */
  #hold(grant: Grant, connection: SignallingConnection): void {
    this.#options.watchAccess.hold(grant, {
      close: () => connection.close(CLOSE.forbidden),
      closed: connection.closed,
    })
  }

  #welcome(grant: Grant, { role }: JoinMessage, { address, connection }: Arrival): Receive {
    const { secrets, iceServers, sessions } = this.#options
    const { broadcast } = grant
    const userId = personIdOf(grant)
    const peerId = secrets.newId()
    const { delivery } = broadcast.record
    const welcome = () =>
      connection.send({
        type: 'welcome',
        peerId,
        delivery,
        iceServers: iceServers(),
        state: broadcast.state,
      })
    if (delivery === 'sfu') {
      welcome()
      this.#tellState(broadcast, connection)
      const peer = new ForwardedPeer({ broadcast, role, address, userId, connection, sessions })
      return (message) => peer.receive(message)
    }
    const peer = new RoomPeer({ id: peerId, role, address, userId, connection })
    welcome()
    this.#tellState(broadcast, connection)
    this.#rooms.join(broadcast, peer)
    return async (message) => this.#rooms.relay(broadcast, peer, message)
  }

  /** Now and whenever it changes. Its end is the end of the connection. */
  #tellState(broadcast: Broadcast, connection: SignallingConnection): void {
    let last = broadcast.state
    connection.send({ type: 'state', state: last, viewers: broadcast.viewers })
    const stopListening = this.#options.announcer.listen(broadcast, ({ state, viewers }) => {
      connection.send({ type: 'state', state, viewers })
      if (state === 'ended' && last !== 'ended') connection.close(CLOSE.ended)
      last = state
    })
    void connection.closed.then(stopListening)
  }
}

function peerAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? ''
}
