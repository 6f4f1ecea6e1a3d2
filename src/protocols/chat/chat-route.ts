import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import { type AuthorRules, authorOf, type ChatAuthor, guestName } from '../../core/chat/chat-author.ts'
import { cleanName } from '../../core/chat/chat-text.ts'
import { type ChatEvent, type ChatRoom, REACTIONS } from '../../core/chat/chat-room.ts'
import type { ChatRooms } from '../../core/chat/chat-rooms.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { Identity } from '../../core/identity.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import type { Secrets } from '../../core/secrets.ts'
import { CLOSE } from '../close-codes.ts'
import { FollowerPlaces, type PlaceLimits } from '../follower-places.ts'
import { visitorOf } from '../visitor.ts'
import type { WebSocketRoute } from '../websocket-route.ts'
import type { Admission, ChatAccess } from './chat-access.ts'
import { refusalCodeOf } from './chat-codes.ts'
import { ChatConnection, MAX_MESSAGE_BYTES } from './chat-connection.ts'
import { type ClientMessage, eventText, type JoinMessage } from './chat-messages.ts'
import { messageView } from './chat-view.ts'

/** What the chat needs from the rest of the system, and nothing more. */
export type ChatRouteOptions = {
  rooms: ChatRooms
  access: ChatAccess
  rules: AuthorRules
  clock: Clock
  logger: Logger
  secrets: Pick<Secrets, 'newId'>
  /** The client's address, as far as proxies are trusted. */
  addressOf: (request: IncomingMessage) => string
  places?: PlaceLimits
}

const PLACES: PlaceLimits = { perAddress: 2000, total: 20_000 }
/** How long a client may take to say who it is, and to answer a goodbye. */
const JOIN_TIMEOUT = 10_000
const GOODBYE_TIMEOUT = 2_000
const GUEST = /^[\w-]{16,64}$/

type Arrival = {
  id: string
  request: IncomingMessage
  identity: Identity | undefined
  address: string
  connection: ChatConnection
}
type Receive = (message: ClientMessage) => Promise<void>

/** The chat of a broadcast over a WebSocket: `/ws/chat/<id>/`. */
export class ChatRoute implements WebSocketRoute, AsyncDisposable {
  readonly path = /^\/ws\/chat\/(?<id>[^/]+)\/?$/
  readonly maxPayload = MAX_MESSAGE_BYTES
  readonly #options: ChatRouteOptions
  readonly #places: FollowerPlaces
  readonly #connections = new Set<ChatConnection>()
  /** Each event is written once, however many hear it. */
  readonly #texts = new WeakMap<ChatEvent, string>()

  constructor(options: ChatRouteOptions) {
    this.#options = options
    this.#places = new FollowerPlaces(options.places ?? PLACES)
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
    const { clock, logger, addressOf } = this.#options
    const address = addressOf(request)
    let receive: Receive | undefined
    let stopWaiting = (): void => undefined
    const connection: ChatConnection = new ChatConnection({
      socket,
      clock,
      logger,
      onMessage: async (message) => {
        if (message.type !== 'join') {
          if (!receive) throw new BroadcastError('bad-request', 'the first message must be "join"')
          await receive(message)
        } else if (receive) throw new BroadcastError('bad-request', 'this connection has joined already')
        else {
          const id = params['id'] ?? ''
          receive = await this.#join(message, { id, request, identity, address, connection })
          stopWaiting()
        }
      },
    })
    let leave: () => void
    try {
      leave = this.#places.take(address)
    } catch (error) {
      connection.fail(error)
      return
    }
    this.#connections.add(connection)
    stopWaiting = clock.after(JOIN_TIMEOUT, () =>
      connection.fail(new BroadcastError('bad-request', 'nobody joined in time'), { orElse: CLOSE.policy }),
    )
    void connection.closed.then(() => {
      stopWaiting()
      leave()
      this.#connections.delete(connection)
    })
  }

  /** Sends everybody away; they are expected to come back to the next process. */
  async [Symbol.asyncDispose](): Promise<void> {
    const connections = [...this.#connections]
    for (const connection of connections) connection.close(CLOSE.restart)
    const cancel = this.#options.clock.after(GOODBYE_TIMEOUT, () => {
      for (const connection of connections) connection.terminate()
    })
    await Promise.all(connections.map(({ closed }) => closed))
    cancel()
  }

  /** Any refusal of a join ends the connection. */
  async #join(message: JoinMessage, arrival: Arrival): Promise<Receive> {
    const { id, request, identity, address, connection } = arrival
    try {
      const visitor = visitorOf(request.headers, address, identity)
      const token = message.token ?? visitor.token
      const admission = await this.#options.access.enter(id, { ...visitor, token })
      const room = await this.#options.rooms.open(admission.broadcast)
      return this.#enter(room, admission, message, arrival)
    } catch (error) {
      connection.fail(error, { orElse: refusalCodeOf(error) })
      return async () => undefined
    }
  }

  #enter(
    room: ChatRoom,
    admission: Admission,
    { guest: brought = '', name = '' }: JoinMessage,
    { address, connection }: Arrival,
  ): Receive {
    const { isHost, mayModerate, broadcast, person } = admission
    const guest = GUEST.test(brought) ? brought : this.#options.secrets.newId()
    const newcomer = { isHost, person, guest, name, address }
    const arrived = authorOf(broadcast.id, newcomer, this.#options.rules)
    const isImpostor = arrived.role === 'guest' && room.isTaken(arrived.name)
    const listener = {
      author: isImpostor ? { ...arrived, name: '' } : arrived,
      hear: (event: ChatEvent) => this.#hear(event, connection),
    }
    const leave = room.join(listener)
    void connection.closed.then(leave)
    admission.hold({ close: () => connection.close(CLOSE.forbidden), closed: connection.closed })

    const { author, role } = listener.author
    const mutedUntil = room.mutedUntil(listener.author)
    connection.send({
      type: 'welcome',
      you: {
        ...{ author, role, mayModerate, name: listener.author.name },
        ...(person ? {} : { guest }),
        mutedUntil: mutedUntil === null ? null : new Date(mutedUntil).toISOString(),
      },
      history: room.history.map(messageView),
      reactions: REACTIONS,
      ...room.state,
    })
    return async (message) => {
      await admission.assertHolds()
      receive(room, listener, message, connection)
    }
  }

  #hear(event: ChatEvent, connection: ChatConnection): void {
    let text = this.#texts.get(event)
    if (text === undefined) this.#texts.set(event, (text = eventText(event)))
    connection.sendText(text)
    if (event.type === 'banned') connection.close(CLOSE.forbidden)
    else if (event.type === 'removed') connection.close(CLOSE.unknown)
  }
}

function receive(
  room: ChatRoom,
  listener: { author: ChatAuthor },
  message: ClientMessage,
  connection: ChatConnection,
): void {
  if (message.type === 'message') {
    const { id } = room.say(listener.author, message.text)
    if (message.ref !== undefined) connection.send({ type: 'said', id, ref: message.ref })
  } else if (message.type === 'reaction') room.react(listener.author, message.emoji)
  else if (message.type === 'name') {
    const { ref } = message
    listener.author = { ...listener.author, name: newName(room, listener.author, message.name) }
    connection.send({ type: 'named', name: listener.author.name, ...(ref !== undefined && { ref }) })
  }
}

/** An account is called as it is called. */
function newName(room: ChatRoom, { personId, role }: ChatAuthor, wanted: string): string {
  if (personId !== null) throw new BroadcastError('bad-request', 'you speak with the name of your account')
  const name = role === 'host' ? cleanName(wanted) || 'Host' : guestName(wanted)
  if (role === 'guest' && room.isTaken(name))
    throw new BroadcastError('bad-request', 'somebody here is called so: choose another name')
  return name
}
