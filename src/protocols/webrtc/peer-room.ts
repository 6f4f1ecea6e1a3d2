import type { Broadcast } from '../../core/broadcast.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { CloseReason } from '../../core/ports.ts'
import type { Session } from '../../core/session.ts'
import { CLOSE, closeCodeOfReason } from '../close-codes.ts'
import type { SignallingConnection } from './signalling-connection.ts'
import type { RelayedMessage, Role } from './signalling-messages.ts'

type Addressed = RelayedMessage & { readonly to?: string }

/** Somebody in a room: a session of the broadcast that lives as long as its connection. */
export class RoomPeer implements Session {
  readonly id: string
  readonly door = 'signalling'
  readonly role: Role
  readonly address: string
  readonly userId: string | undefined
  readonly connection: SignallingConnection
  readonly closed: Promise<CloseReason>
  readonly #settle: (reason: CloseReason) => void

  constructor({
    id,
    role,
    address,
    userId,
    connection,
  }: {
    id: string
    role: Role
    address: string
    userId?: string | undefined
    connection: SignallingConnection
  }) {
    this.id = id
    this.role = role
    this.address = address
    this.userId = userId
    this.connection = connection
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    this.#settle = resolve
    void connection.closed.then((code) => resolve(code === CLOSE.normal ? 'ended' : 'failed'))
  }

  async close(reason: CloseReason): Promise<void> {
    this.connection.close(closeCodeOfReason(reason) ?? CLOSE.policy)
    this.#settle(reason)
  }
}

type Room = { broadcaster: RoomPeer | undefined; readonly viewers: Map<string, RoomPeer> }

/**
 * Broadcasts with `p2p` delivery: media flows between the broadcaster and each viewer, the server passes on what
 * they tell each other. The broadcaster offers, a viewer answers; viewers never hear of one another.
 */
export class PeerRooms {
  readonly #rooms = new Map<string, Room>()

  /** Throws `broadcast-taken`. The broadcaster hears of everybody who is here already. */
  join(broadcast: Broadcast, peer: RoomPeer): void {
    if (peer.role === 'broadcaster') broadcast.attachPublisher(peer)
    const room = this.#rooms.get(broadcast.id) ?? {
      broadcaster: undefined,
      viewers: new Map<string, RoomPeer>(),
    }
    this.#rooms.set(broadcast.id, room)
    void peer.closed.then(() => this.#leave(broadcast, peer))
    if (peer.role === 'broadcaster') {
      room.broadcaster = peer
      broadcast.publisherConnected(peer)
      for (const peerId of room.viewers.keys()) peer.connection.send({ type: 'viewer-joined', peerId })
    } else {
      room.viewers.set(peer.id, peer)
      broadcast.addViewer(peer)
      room.broadcaster?.connection.send({ type: 'viewer-joined', peerId: peer.id })
    }
  }

  /** Passes a message on. Throws `not-allowed`, `session-not-found` or `broadcast-not-live`. */
  relay(broadcast: Broadcast, from: RoomPeer, { to, ...message }: Addressed): void {
    const room = this.#rooms.get(broadcast.id)
    const receiver = from.role === 'broadcaster' ? viewerNamed(room, to) : broadcasterFor(room, to, message)
    receiver.connection.send({ ...message, from: from.id })
  }

  #leave(broadcast: Broadcast, peer: RoomPeer): void {
    const room = this.#rooms.get(broadcast.id)
    if (!room) return
    if (room.broadcaster === peer) room.broadcaster = undefined
    if (room.viewers.delete(peer.id))
      room.broadcaster?.connection.send({ type: 'viewer-left', peerId: peer.id })
    if (!room.broadcaster && room.viewers.size === 0) this.#rooms.delete(broadcast.id)
  }
}

function viewerNamed(room: Room | undefined, to: string | undefined): RoomPeer {
  const viewer = to === undefined ? undefined : room?.viewers.get(to)
  if (!viewer) throw new BroadcastError('session-not-found', '"to" must name a viewer of this broadcast')
  return viewer
}

function broadcasterFor(room: Room | undefined, to: string | undefined, message: RelayedMessage): RoomPeer {
  if (message.type === 'offer')
    throw new BroadcastError('not-allowed', 'the broadcaster offers, viewers answer')
  const broadcaster = room?.broadcaster
  if (!broadcaster)
    throw new BroadcastError('broadcast-not-live', 'the broadcaster is not here', { retryAfter: 1 })
  if (to !== undefined && to !== broadcaster.id)
    throw new BroadcastError('not-allowed', 'a viewer may write to the broadcaster only')
  return broadcaster
}
