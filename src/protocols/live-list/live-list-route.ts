import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { Clock } from '../../core/ports.ts'
import { BroadcastChanges, onAir } from '../broadcast-changes.ts'
import { baseUrlOf, broadcastView } from '../broadcast-view.ts'
import type { WebSocketRoute } from '../websocket-route.ts'

export type LiveListRouteOptions = { broadcasts: Broadcasts; clock: Clock; publicUrl: string }

const MAX_FOLLOWERS = 5000
const MAX_WAITING = 256 * 1024
const PING_EVERY = 25_000
const OVERLOADED = 1013
const GOING_AWAY = 1012
const POLICY = 1008

type Follower = { readonly socket: WebSocket; readonly base: string; alive: boolean }

/** `/ws/streams/`: the full list of what is live, then every change. */
export class LiveListRoute implements WebSocketRoute, AsyncDisposable {
  readonly path = /^\/ws\/streams\/?$/
  readonly maxPayload = 1024
  readonly #options: LiveListRouteOptions
  readonly #followers = new Set<Follower>()
  readonly #changes: BroadcastChanges
  #cancelPing: () => void = () => undefined

  constructor(options: LiveListRouteOptions) {
    this.#options = options
    const { broadcasts, clock } = options
    this.#changes = new BroadcastChanges(broadcasts, clock, (change, broadcast) => {
      if (broadcast.record.visibility !== 'public') return
      for (const follower of this.#followers)
        send(
          follower,
          change === 'removed'
            ? { type: change, id: broadcast.id }
            : { type: change, broadcast: broadcastView(broadcast, follower.base) },
        )
    })
    this.#schedulePing()
  }

  accept(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', () => socket.terminate())
    if (this.#followers.size >= MAX_FOLLOWERS) {
      socket.close(OVERLOADED, 'too many follow the list now')
      return
    }
    const { publicUrl } = this.#options
    const base = baseUrlOf(publicUrl, { protocol: 'http', host: request.headers.host ?? 'localhost' })
    const follower: Follower = { socket, base, alive: true }
    socket.on('pong', () => (follower.alive = true))
    socket.on('message', () => socket.close(POLICY, 'this list only tells'))
    socket.on('close', () => this.#followers.delete(follower))
    void this.#begin(follower)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#changes.close()
    this.#cancelPing()
    for (const { socket } of this.#followers) socket.close(GOING_AWAY, 'the server stops')
  }

  /** What changes while the list is being read is told after it: the follower joins first, in the same turn. */
  async #begin(follower: Follower): Promise<void> {
    try {
      const broadcasts = await onAir(this.#options.broadcasts)
      this.#followers.add(follower)
      send(follower, {
        type: 'list',
        broadcasts: broadcasts.map((broadcast) => broadcastView(broadcast, follower.base)),
      })
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
function send({ socket }: Follower, message: object): void {
  if (socket.bufferedAmount > MAX_WAITING) socket.terminate()
  else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}
