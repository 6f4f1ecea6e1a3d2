import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Identity } from '../core/identity.ts'

/** One kind of WebSocket: where it lives and who takes it once the handshake is done. */
export type WebSocketRoute = {
  /** Matched against the path of the request; named groups become `params`. */
  readonly path: RegExp
  /** Bytes of the largest message; the socket is closed with 1009 beyond it. */
  readonly maxPayload: number
  accept(
    socket: WebSocket,
    request: IncomingMessage,
    params: Readonly<Record<string, string>>,
    /** Who asks; undefined for everybody without an account. */
    identity?: Identity,
  ): void
}
