import type { BroadcastState, Delivery } from './api-types.ts'
import { closedProblem } from './closed-problem.ts'
import { unreachable } from './problem-answer.ts'
import { ProblemError } from './problem-error.ts'
import type { Bearer } from './sdp-session.ts'

/** What the server says first. */
type Welcome = {
  readonly type: 'welcome'
  readonly peerId: string
  readonly delivery: Delivery
  readonly iceServers: RTCIceServer[]
  readonly state: BroadcastState
}

/** What peers tell each other, with whom it comes from. */
export type PeerMessage =
  | { readonly type: 'offer'; readonly sdp: string; readonly from: string }
  | { readonly type: 'answer'; readonly sdp: string; readonly from: string }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit | null; readonly from: string }

/** What the server says after its welcome. */
export type ServerMessage =
  | PeerMessage
  | { readonly type: 'viewer-joined' | 'viewer-left'; readonly peerId: string }
  | { readonly type: 'state'; readonly state: BroadcastState; readonly viewers: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

/** What is said to another peer. */
type AddressedMessage =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string; readonly to: string }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidate | null; readonly to: string }

const WELCOME_WITHIN = 10_000
/** The server closes those who say more than 50 things in a second. */
const MESSAGES_AT_ONCE = 40

/** One connection to the signalling of a broadcast that both sides have agreed on. */
export class Signalling {
  readonly welcome: Welcome
  /** Resolves with why it is over. Never rejects. */
  readonly lost: Promise<ProblemError>
  readonly #socket: WebSocket
  /** That came before anybody listened. */
  readonly #messages: ServerMessage[]
  #urgent: string[] = []
  #patient: string[] = []
  #sent = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Joins. Rejects with ProblemError. */
  static async open(
    url: string | URL,
    options: {
      role: 'broadcaster' | 'viewer'
      bearer: Bearer
      signal: AbortSignal
    },
  ): Promise<Signalling> {
    const { role, bearer, signal } = options
    const token = typeof bearer === 'function' ? await bearer() : bearer
    const socket = new WebSocket(url)
    const messages: ServerMessage[] = []
    const welcomed = Promise.withResolvers<Welcome>()
    const lost = Promise.withResolvers<ProblemError>()
    let told: { code: string; message: string } | undefined
    const abort = () => socket.close(1000)
    signal.addEventListener('abort', abort, { once: true })
    const patience = setTimeout(() => socket.close(), WELCOME_WITHIN)

    socket.onopen = () => socket.send(JSON.stringify({ type: 'join', role, ...(token && { token }) }))
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as Welcome | ServerMessage
      if (message.type === 'error') told = message // the reason, if it is closed next
    })
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as Welcome | ServerMessage
      if (message.type === 'welcome') welcomed.resolve(message)
      else messages.push(message)
    }
    socket.onclose = ({ code }) => {
      clearTimeout(patience)
      signal.removeEventListener('abort', abort)
      const problem = closedProblem(code, told)
      lost.resolve(problem ?? new ProblemError('connection-lost', 'The connection to the server was lost.'))
      welcomed.reject(problem ?? unreachable(undefined))
    }
    const welcome = await welcomed.promise
    clearTimeout(patience)
    if (signal.aborted) abort()
    return new Signalling(socket, { welcome, messages, lost: lost.promise })
  }

  private constructor(
    socket: WebSocket,
    joined: { welcome: Welcome; messages: ServerMessage[]; lost: Promise<ProblemError> },
  ) {
    this.#socket = socket
    this.#messages = joined.messages
    this.welcome = joined.welcome
    this.lost = joined.lost
    void this.lost.then(() => clearTimeout(this.#timer))
  }

  /** Hangs up and fails where media would have to go through the server. */
  assertPeerToPeer(): void {
    if (this.welcome.delivery === 'p2p') return
    this.close()
    const message = 'This broadcast is delivered by the server: use WHIP and WHEP.'
    throw new ProblemError('not-peer-to-peer', message, { final: true })
  }

  /** Hears everything since the welcome. */
  listen(onMessage: (message: ServerMessage) => void): void {
    this.#socket.onmessage = ({ data }: MessageEvent<string>) => onMessage(JSON.parse(data) as ServerMessage)
    this.#messages.splice(0).forEach(onMessage)
  }

  /** Descriptions overtake candidates when many viewers come at once. */
  send(message: AddressedMessage): void {
    const queue = message.type === 'candidate' ? this.#patient : this.#urgent
    queue.push(JSON.stringify(message))
    this.#flush()
  }

  close(): void {
    this.#socket.close(1000)
  }

  #flush(): void {
    while (this.#sent < MESSAGES_AT_ONCE && this.#socket.readyState === WebSocket.OPEN) {
      const text = this.#urgent.shift() ?? this.#patient.shift()
      if (text === undefined) return
      this.#socket.send(text)
      this.#sent++
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        this.#sent = 0
        this.#flush()
      }, 1100) // the server's second begins when the first message arrives there
    }
  }
}
