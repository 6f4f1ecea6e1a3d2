import { backOff } from './back-off.ts'
import type { ChatMessage, ChatRoomState, ChatWelcome, ReactionCounts } from './chat-types.ts'
import { closedProblem } from './closed-problem.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import { unreachable } from './problem-answer.ts'
import { ProblemError } from './problem-error.ts'
import type { StateChange } from './publication.ts'
import type { Bearer } from './sdp-session.ts'
import { type Connection, stayConnected } from './stay-connected.ts'

/** How a chat goes; after `ended` and `failed` nothing follows. */
export type ChatState = 'connecting' | 'open' | 'reconnecting' | 'ended' | 'failed'

/** Who joins, and what they want to hear. */
export type ChatOptions = {
  /** Viewer token of a private broadcast, or the stream key of one's own. */
  token?: Bearer
  /** From an earlier welcome, to be the same guest. */
  guest?: string | undefined
  /** What a guest wants to be called. */
  name?: string | undefined
  onState?: ((change: StateChange<ChatState>) => void) | undefined
  /** The room as it is: at first, and again after every reconnection. */
  onWelcome?: ((welcome: ChatWelcome) => void) | undefined
  onMessage?: ((message: ChatMessage) => void) | undefined
  /** One message, or all of an author. */
  onDeleted?: ((deleted: { id?: string; author?: string }) => void) | undefined
  onReaction?: ((counts: ReactionCounts) => void) | undefined
  onRoomState?: ((state: ChatRoomState) => void) | undefined
  /** You may not speak until then; null when you may again. */
  onMuted?: ((until: string | null) => void) | undefined
}

/** A chat that somebody has joined. */
export interface Chat {
  readonly state: ChatState
  /** Settles once it is over. */
  readonly closed: Promise<'ended' | 'failed'>
  /** Resolves with the id of the message. Rejects with ProblemError: `retryAfter` says when it may be tried again. */
  say(text: string): Promise<string>
  /** Resolves with the name as the server has it. Rejects with ProblemError. */
  rename(name: string): Promise<string>
  /** Worth nothing while there is no connection. */
  react(emoji: string): void
  close(): void
}

type ServerMessage =
  | ({ type: 'welcome' } & ChatWelcome)
  | { type: 'message'; message: ChatMessage }
  | { type: 'deleted'; id?: string; author?: string }
  | { type: 'reaction'; counts: ReactionCounts }
  | ({ type: 'state' } & ChatRoomState)
  | { type: 'muted'; until: string | null }
  | { type: 'said'; id: string; ref: string }
  | { type: 'named'; name: string; ref?: string }
  | { type: 'error'; code: string; message: string; retryAfter?: number; ref?: string }
  | { type: 'banned' | 'removed' }

const WELCOME_WITHIN = 10_000
const BANNED = { code: 'chat-banned', message: 'You may not take part in this chat.' }

/** Joins the chat of a broadcast, `wss://…/ws/chat/<id>/`, and stays in it over losses of the connection. */
export function joinChat(url: string | URL, options: ChatOptions = {}): Chat {
  return new JoinedChat(new URL(url, location.href), options)
}

class JoinedChat implements Chat {
  readonly #url: URL
  readonly #options: ChatOptions
  readonly #lifecycle: Lifecycle<ChatState>
  readonly #over = new AbortController()
  readonly #asked = new Map<string, PromiseWithResolvers<string>>()
  #socket: WebSocket | undefined
  #refs = 0
  #guest: string | undefined
  #name: string | undefined

  constructor(url: URL, options: ChatOptions) {
    this.#url = url
    this.#url.protocol = url.protocol.replace(/^http/, 'ws')
    this.#options = options
    this.#guest = options.guest
    this.#name = options.name
    this.#lifecycle = new Lifecycle<ChatState>('connecting', options.onState)
    void this.#run()
  }

  get state(): ChatState {
    return this.#lifecycle.state
  }

  get closed(): Promise<'ended' | 'failed'> {
    return this.#lifecycle.closed
  }

  say(text: string): Promise<string> {
    return this.#ask({ type: 'message', text })
  }

  async rename(name: string): Promise<string> {
    this.#name = await this.#ask({ type: 'name', name })
    return this.#name
  }

  react(emoji: string): void {
    this.#send({ type: 'reaction', emoji })
  }

  close(): void {
    this.#lifecycle.finish('ended')
    this.#over.abort()
  }

  async #run(): Promise<void> {
    const problem = await stayConnected({
      signal: this.#over.signal,
      connect: (signal) => this.#connect(signal),
      onTrouble: (trouble, attempt) => {
        this.#lifecycle.become(attempt === 0 && this.state === 'connecting' ? 'connecting' : 'reconnecting', {
          problem: trouble,
          attempt,
        })
        return backOff(attempt, trouble.retryAfter)
      },
    })
    if (problem) this.#lifecycle.finish('failed', problem)
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const { token: bearer } = this.#options
    const token = typeof bearer === 'function' ? await bearer() : bearer
    const socket = new WebSocket(this.#url)
    const welcomed = Promise.withResolvers<undefined>()
    const lost = Promise.withResolvers<ProblemError>()
    let told: { code: string; message: string } | undefined
    const abort = () => socket.close(1000)
    signal.addEventListener('abort', abort, { once: true })
    const patience = setTimeout(() => socket.close(), WELCOME_WITHIN)

    socket.onopen = () => {
      const [guest, name] = [this.#guest, this.#name]
      socket.send(JSON.stringify({ type: 'join', token, guest, name }))
    }
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as ServerMessage
      told = message.type === 'banned' ? BANNED : message.type === 'error' ? message : undefined
      if (message.type === 'welcome') {
        this.#socket = socket
        this.#lifecycle.become('open')
        welcomed.resolve(undefined)
      }
      this.#hear(message)
    }
    socket.onclose = ({ code }) => {
      clearTimeout(patience)
      signal.removeEventListener('abort', abort)
      if (this.#socket === socket) this.#socket = undefined
      // Whoever loses a right without a word, as by signing out, may come back as what they are now.
      const problem = code === 4403 && !told ? undefined : closedProblem(code, told)
      lost.resolve(problem ?? new ProblemError('connection-lost', 'The connection to the chat was lost.'))
      welcomed.reject(problem ?? unreachable(undefined))
      this.#refuseAll()
    }
    await welcomed.promise
    clearTimeout(patience)
    return { lost: lost.promise }
  }

  #hear(message: ServerMessage): void {
    const options = this.#options
    if (message.type === 'welcome') {
      this.#guest = message.you.guest
      tell(options.onWelcome, message)
    } else if (message.type === 'message') tell(options.onMessage, message.message)
    else if (message.type === 'deleted') tell(options.onDeleted, message)
    else if (message.type === 'reaction') tell(options.onReaction, message.counts)
    else if (message.type === 'state') tell(options.onRoomState, message)
    else if (message.type === 'muted') tell(options.onMuted, message.until)
    else if (message.type === 'said') this.#answered(message.ref)?.resolve(message.id)
    else if (message.type === 'named') this.#answered(message.ref)?.resolve(message.name)
    else if (message.type === 'error') {
      const { code, retryAfter, ref } = message
      this.#answered(ref)?.reject(new ProblemError(code, message.message, { status: 400, retryAfter }))
    }
  }

  #ask(message: object): Promise<string> {
    const ref = String(++this.#refs)
    const asked = Promise.withResolvers<string>()
    if (this.#send({ ...message, ref })) this.#asked.set(ref, asked)
    else asked.reject(new ProblemError('connection-lost', 'The chat is not connected now.'))
    return asked.promise
  }

  #answered(ref: string | undefined): PromiseWithResolvers<string> | undefined {
    const asked = this.#asked.get(ref ?? '')
    this.#asked.delete(ref ?? '')
    return asked
  }

  #refuseAll(): void {
    for (const asked of this.#asked.values())
      asked.reject(new ProblemError('connection-lost', 'The connection to the chat was lost.'))
    this.#asked.clear()
  }

  #send(message: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }
}
