import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { Clock } from '../../core/ports.ts'
import { BroadcastChanges, onAir } from '../broadcast-changes.ts'
import { broadcastView } from '../broadcast-view.ts'
import { FollowerPlaces } from '../follower-places.ts'
import { ToldOnce } from '../told-once.ts'
import type { WebSocketRoute } from '../websocket-route.ts'

export type LiveListRouteOptions = {
  broadcasts: Broadcasts
  clock: Clock
  /** The client's address, as far as proxies are trusted. */
  addressOf: (request: IncomingMessage) => string
  /** What the addresses of a broadcast begin with for this client. */
  baseOf: (request: IncomingMessage) => string
}

const MAX_WAITING = 256 * 1024
const PING_EVERY = 25_000
const OVERLOADED = 1013
/** Service restart: https://www.iana.org/assignments/websocket */
const RESTART = 1012
/** How long a client may take to answer a goodbye. */
const GOODBYE_TIMEOUT = 2000
const POLICY = 1008

type Follower = { readonly socket: WebSocket; readonly base: string; alive: boolean }

/** `/ws/streams/`: the full list of what is live, then every change. */
export class LiveListRoute implements WebSocketRoute, AsyncDisposable {
  readonly path = /^\/ws\/streams\/?$/
  readonly maxPayload = 1024
  readonly #options: LiveListRouteOptions
  readonly #followers = new Set<Follower>()
  readonly #places = new FollowerPlaces()
  readonly #changes: BroadcastChanges
  #cancelPing: () => void = () => undefined

  constructor(options: LiveListRouteOptions) {
    this.#options = options
    const { broadcasts, clock } = options
    this.#changes = new BroadcastChanges(broadcasts, clock, ({ broadcast, listChange }) => {
      if (!listChange) return
      const told = new ToldOnce(broadcast)
      for (const follower of this.#followers) {
        const json = told.json(listChange, follower.base)
        const body = listChange === 'removed' ? json.slice(1, -1) : `"broadcast":${json}`
        send(follower, `{"type":"${listChange}",${body}}`)
      }
    })
    this.#schedulePing()
  }

  accept(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', () => socket.terminate())
    const { addressOf, baseOf } = this.#options
    let leave: () => void
    try {
      leave = this.#places.take(addressOf(request))
    } catch {
      socket.close(OVERLOADED, 'too many follow the list now')
      return
    }
    const follower: Follower = { socket, base: baseOf(request), alive: true }
    socket.on('pong', () => (follower.alive = true))
    socket.on('message', () => socket.close(POLICY, 'this list only tells'))
    socket.on('close', () => {
      this.#followers.delete(follower)
      leave()
    })
    void this.#begin(follower)
  }

  /** Sends everybody away; they are expected to come back to the next process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#changes.close()
    this.#cancelPing()
    const sockets = [...this.#followers].map(({ socket }) => socket)
    const gone = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    for (const socket of sockets) socket.close(RESTART, 'the server stops')
    const cancel = this.#options.clock.after(GOODBYE_TIMEOUT, () => {
      for (const socket of sockets) socket.terminate()
    })
    await Promise.all(gone)
    cancel()
  }

  /** What changes while the list is being read is told after it: the follower joins first, in the same turn. */
  async #begin(follower: Follower): Promise<void> {
    try {
      const broadcasts = await onAir(this.#options.broadcasts)
      if (follower.socket.readyState !== follower.socket.OPEN) return
      this.#followers.add(follower)
      const views = broadcasts.map((broadcast) => broadcastView(broadcast, follower.base))
      send(follower, JSON.stringify({ type: 'list', broadcasts: views }))
    } catch {
      follower.socket.close(OVERLOADED, 'the list cannot be read now')
    }
  }

  #schedulePing(): void {
    this.#cancelPing = this.#options.clock.after(PING_EVERY, () => {
      for (const follower of this.#followers) {
        if (!follower.alive) follower.socket.terminate()
        follower.alive = false
        follower.socket.ping()
      }
      this.#schedulePing()
    })
  }
}

/** A follower that does not read is cut off: it comes back and starts with the full list. */
function send({ socket }: Follower, message: string): void {
  if (socket.bufferedAmount > MAX_WAITING) socket.terminate()
  else if (socket.readyState === socket.OPEN) socket.send(message)
}
