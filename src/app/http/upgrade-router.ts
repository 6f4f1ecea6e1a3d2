import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Identity } from '../../core/identity.ts'
import type { WebSocketRoute } from '../../protocols/websocket-route.ts'

/** Why nobody, or not this somebody, may open a WebSocket here; undefined when they may. */
type Refuse = (request: IncomingMessage, identity?: Identity) => string | undefined
type Identify = (request: IncomingMessage) => Promise<Identity | undefined>

/** Gives each WebSocket handshake to the route that its path belongs to. Works on any node:http server. */
export class UpgradeRouter {
  readonly #routes: readonly { readonly route: WebSocketRoute; readonly server: WebSocketServer }[]
  readonly #refuse: Refuse
  readonly #identify: Identify | undefined

  constructor(routes: readonly WebSocketRoute[], refuse: Refuse, identify?: Identify) {
    this.#refuse = refuse
    this.#identify = identify
    this.#routes = routes.map((route) => ({
      route,
      server: new WebSocketServer({ noServer: true, maxPayload: route.maxPayload, perMessageDeflate: false }),
    }))
  }

  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    const refusal = this.#refuse(request)
    if (refusal !== undefined) {
      end(socket, '403 Forbidden', refusal)
      return
    }
    for (const { route, server } of this.#routes) {
      const match = route.path.exec(path)
      if (!match) continue
      const params = decode(match.groups ?? {})
      if (!params) break
      const take = (identity?: Identity) =>
        server.handleUpgrade(request, socket, head, (webSocket) =>
          route.accept(webSocket, request, params, identity),
        )
      if (this.#identify) this.#identifyThen(take, request, socket, this.#identify)
      else take()
      return
    }
    end(socket, '404 Not Found', 'There is no WebSocket at this address.')
  }

  #identifyThen(
    take: (identity?: Identity) => void,
    request: IncomingMessage,
    socket: Duplex,
    identify: Identify,
  ): void {
    const leave = () => socket.destroy()
    socket.on('error', leave)
    identify(request)
      .then(
        (identity) => this.#refuse(request, identity) ?? { identity },
        () => ({ identity: undefined }), // it cannot be known now: what is for everybody goes on
      )
      .then((answer) => {
        socket.off('error', leave)
        if (typeof answer === 'string') end(socket, '403 Forbidden', answer)
        else take(answer.identity)
      })
      .catch(leave)
  }
}

function decode(groups: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    return undefined
  }
}

function end(socket: Duplex, status: string, text: string): void {
  socket.on('error', () => undefined)
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}
