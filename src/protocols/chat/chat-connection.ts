import type { WebSocket } from 'ws'
import { BroadcastError } from '../../core/errors.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import { CLOSE } from '../close-codes.ts'
import { MessageGuard } from '../message-guard.ts'
import { closeCodeOf } from './chat-codes.ts'
import { type ClientMessage, parseClientMessage, type ServerMessage } from './chat-messages.ts'

/** Bytes of the longest message as JSON writes it at worst, and some more. */
export const MAX_MESSAGE_BYTES = 8 * 1024
const LIMITS = { perSecond: 50, maxBytes: MAX_MESSAGE_BYTES }
/** Milliseconds between pings: whoever has not answered until the next one is gone. */
const PING_EVERY = 25_000
/** Messages that wait for the one before them. */
const MAX_WAITING = 50
/** Bytes that wait for a client that does not read. */
const MAX_UNSENT = 256 * 1024

export type ChatConnectionOptions = {
  socket: WebSocket
  clock: Clock
  logger: Logger
  /** Called for one message after the other. A rejection is told to the client. */
  onMessage: (message: ClientMessage) => Promise<void>
}

/** One client of a chat as a socket: messages in order, limits, liveness. It knows nothing of rooms. */
export class ChatConnection {
  /** Settles when the socket is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<void>
  readonly #socket: WebSocket
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onMessage: (message: ClientMessage) => Promise<void>
  readonly #guard: MessageGuard
  #queue: Promise<void> = Promise.resolve()
  #waiting = 0
  #isAlive = true
  #cancelPing: () => void = () => undefined

  constructor({ socket, clock, logger, onMessage }: ChatConnectionOptions) {
    this.#socket = socket
    this.#clock = clock
    this.#logger = logger
    this.#onMessage = onMessage
    this.#guard = new MessageGuard(clock, LIMITS)
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#received(data, isBinary))
    socket.on('pong', () => (this.#isAlive = true))
    socket.on('error', (error) => logger.debug({ error }, 'chat socket failed')) // 'close' follows
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#cancelPing()
        resolve()
      })
    })
    this.#ping()
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  send(message: ServerMessage): void {
    this.sendText(JSON.stringify(message))
  }

  /** Never waits; a client that does not read is cut off, and finds what it missed when it comes back. */
  sendText(text: string): void {
    if (!this.open) return
    if (this.#socket.bufferedAmount > MAX_UNSENT) {
      this.close(CLOSE.overload)
      this.terminate()
    } else this.#socket.send(text)
  }

  /** Tells what went wrong; the code decides whether that is the end. `orElse` ends it in any case. */
  fail(error: unknown, { orElse, ref }: { orElse?: number; ref?: string | undefined } = {}): void {
    const refusal =
      error instanceof BroadcastError ? error : new BroadcastError('overloaded', 'the server failed')
    if (refusal !== error) this.#logger.error({ error }, 'chat failed')
    const { code, message, retryAfter } = refusal
    this.send({
      ...{ type: 'error', code, message },
      ...(retryAfter !== undefined && { retryAfter }),
      ...(ref !== undefined && { ref }),
    })
    const closeCode = closeCodeOf(code) ?? orElse
    if (closeCode !== undefined) this.close(closeCode)
  }

  /** Any number of times. */
  close(code: number): void {
    if (this.open) this.#socket.close(code)
  }

  /** Drops it without a word. */
  terminate(): void {
    this.#socket.terminate()
  }

  #received(data: Buffer, isBinary: boolean): void {
    this.#isAlive = true
    if (!this.open) return
    const refusal = this.#guard.refusal(data.length)
    if (refusal !== undefined) this.close(refusal)
    else if (isBinary)
      this.fail(new BroadcastError('bad-request', 'a message must be text'), { orElse: CLOSE.policy })
    else if (this.#waiting >= MAX_WAITING) this.close(CLOSE.policy)
    else {
      this.#waiting++
      this.#queue = this.#queue.then(() => this.#handle(data.toString()))
    }
  }

  async #handle(text: string): Promise<void> {
    this.#waiting--
    if (!this.open) return
    let ref: string | undefined
    try {
      const message = parseClientMessage(text)
      if ('ref' in message) ref = message.ref
      await this.#onMessage(message)
    } catch (error) {
      this.fail(error, { ref })
    }
  }

  #ping(): void {
    this.#cancelPing = this.#clock.after(PING_EVERY, () => {
      if (!this.#isAlive) this.terminate()
      else {
        this.#isAlive = false
        this.#socket.ping()
        this.#ping()
      }
    })
  }
}
