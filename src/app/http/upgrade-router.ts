import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocketRoute } from '../../protocols/websocket-route.ts'

/** Gives each WebSocket handshake to the route that its path belongs to. Works on any node:http server. */
export class UpgradeRouter {
  readonly #routes: readonly { readonly route: WebSocketRoute; readonly server: WebSocketServer }[]
  /** Refusals that hold for every route; undefined lets the request through. */
  readonly #refuse: (request: IncomingMessage) => string | undefined

  constructor(routes: readonly WebSocketRoute[], refuse: (request: IncomingMessage) => string | undefined) {
    this.#refuse = refuse
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
      server.handleUpgrade(request, socket, head, (webSocket) => route.accept(webSocket, request, params))
      return
    }
    end(socket, '404 Not Found', 'There is no WebSocket at this address.')
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
