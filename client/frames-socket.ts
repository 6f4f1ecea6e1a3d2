import type { BroadcastState } from './api-types.ts'
import { closedProblem } from './closed-problem.ts'
import { unreachable } from './problem-answer.ts'
import { ProblemError } from './problem-error.ts'
import type { Bearer } from './sdp-session.ts'

/** What the server says beside frames. */
export type FramesMessage =
  | { readonly type: 'welcome'; readonly state: BroadcastState }
  | { readonly type: 'state'; readonly state: BroadcastState; readonly viewers: number }
  | { readonly type: 'clock'; readonly capturedAt: number }
  | { readonly type: 'pace'; readonly tooFast: boolean; readonly sent: number; readonly taken: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

const WELCOME_WITHIN = 10_000

/** One connection for frames that the server has welcomed. */
export class FramesSocket {
  /** Resolves with why it is over. Never rejects. */
  readonly lost: Promise<ProblemError>
  readonly #socket: WebSocket

  /** Joins. Rejects with ProblemError. */
  static async open(
    url: URL,
    options: {
      role: 'publisher' | 'viewer'
      bearer: Bearer
      signal: AbortSignal
      onMessage: (message: FramesMessage) => void
      onFrame?: (jpeg: Blob) => void
    },
  ): Promise<FramesSocket> {
    const { role, bearer, signal, onMessage, onFrame } = options
    const token = typeof bearer === 'function' ? await bearer() : bearer
    const address = new URL(url)
    address.protocol = address.protocol.replace(/^http/, 'ws')
    const socket = new WebSocket(address)
    socket.binaryType = 'blob'
    const welcomed = Promise.withResolvers<void>()
    const lost = Promise.withResolvers<ProblemError>()
    let told: { code: string; message: string } | undefined
    const abort = () => socket.close(1000)
    signal.addEventListener('abort', abort, { once: true })
    const patience = setTimeout(() => socket.close(), WELCOME_WITHIN)
    socket.onopen = () => socket.send(JSON.stringify({ type: 'join', role, ...(token && { token }) }))
    socket.onmessage = ({ data }: MessageEvent<string | Blob>) => {
      if (typeof data !== 'string') {
        onFrame?.(data)
        return
      }
      const message = JSON.parse(data) as FramesMessage
      if (message.type === 'welcome') welcomed.resolve()
      if (message.type === 'error') told = message // the reason, if it is closed next
      onMessage(message)
    }
    socket.onclose = ({ code }) => {
      clearTimeout(patience)
      signal.removeEventListener('abort', abort)
      const problem = closedProblem(code, told)
      lost.resolve(problem ?? new ProblemError('connection-lost', 'The connection to the server was lost.'))
      welcomed.reject(problem ?? unreachable(undefined))
    }
    await welcomed.promise
    clearTimeout(patience)
    if (signal.aborted) abort()
    return new FramesSocket(socket, lost.promise)
  }

  private constructor(socket: WebSocket, lost: Promise<ProblemError>) {
    this.#socket = socket
    this.lost = lost
  }

  /** Bytes that the network has not taken yet. */
  get unsent(): number {
    return this.#socket.bufferedAmount
  }

  send(message: Blob | object): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    this.#socket.send(message instanceof Blob ? message : JSON.stringify(message))
  }

  close(): void {
    this.#socket.close(1000)
  }
}
