import type { WebSocket } from 'ws'
import { BroadcastError } from '../../core/errors.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import { MessageGuard } from '../message-guard.ts'
import { CLOSE, closeCodeOfError } from '../close-codes.ts'
import { type ClientMessage, parseClientMessage, type ServerMessage } from './signalling-messages.ts'

/** Bytes of the largest message: an offer with room to spare. */
export const MAX_MESSAGE_BYTES = 64 * 1024
const LIMITS = { perSecond: 50, maxBytes: MAX_MESSAGE_BYTES }
/** Milliseconds between pings, and how long a client may be silent. */
const PING_INTERVAL = 5_000
const MAX_SILENCE = 10_000
/** Messages that wait for the one before them. */
const MAX_WAITING = 100
/** Bytes that wait for a client that does not read. */
const MAX_UNSENT = 1024 * 1024

export type SignallingConnectionOptions = {
  socket: WebSocket
  clock: Clock
  logger: Logger
  /** Called for one message after the other. A rejection is told to the client, and closes where its code says so. */
  onMessage: (message: ClientMessage) => Promise<void>
}

/** One signalling client as a socket: messages in order, limits, liveness. It knows nothing of broadcasts. */
export class SignallingConnection {
  /** Settles with the close code when the socket is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onMessage: (message: ClientMessage) => Promise<void>
  readonly #guard: MessageGuard
  #queue: Promise<void> = Promise.resolve()
  #waiting = 0
  #heardAt: number
  #cancelPing: () => void = () => undefined

  constructor({ socket, clock, logger, onMessage }: SignallingConnectionOptions) {
    this.#socket = socket
    this.#clock = clock
    this.#logger = logger
    this.#onMessage = onMessage
    this.#guard = new MessageGuard(clock, LIMITS)
    this.#heardAt = clock.monotonic()
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#received(data, isBinary))
    socket.on('pong', () => {
      this.#heardAt = clock.monotonic()
    })
    socket.on('error', (error) => logger.debug({ error }, 'signalling socket failed')) // 'close' follows
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#cancelPing()
        resolve(code)
      })
    })
    this.#ping()
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Never waits; a client that does not read is cut off. */
  send(message: ServerMessage): void {
    if (!this.open) return
    if (this.#socket.bufferedAmount > MAX_UNSENT) {
      this.close(CLOSE.overload)
      this.terminate()
    } else this.#socket.send(JSON.stringify(message))
  }

  /** Tells what went wrong; the code decides whether that is the end. `orElse` ends it in any case. */
  fail(error: unknown, orElse?: number): void {
    const refusal =
      error instanceof BroadcastError ? error : new BroadcastError('overloaded', 'the server failed')
    if (refusal !== error) this.#logger.error({ error }, 'signalling failed')
    this.send({ type: 'error', code: refusal.code, message: refusal.message })
    const code = closeCodeOfError(refusal.code) ?? orElse
    if (code !== undefined) this.close(code)
  }

  /** Any number of times. A client that does not answer the closing is dropped by the socket itself. */
  close(code: number): void {
    if (this.open) this.#socket.close(code)
  }

  /** Drops it without a word. */
  terminate(): void {
    this.#socket.terminate()
  }

  #received(data: Buffer, isBinary: boolean): void {
    this.#heardAt = this.#clock.monotonic()
    if (!this.open) return
    const refusal = this.#guard.refusal(data.length)
    if (refusal !== undefined) this.close(refusal)
    else if (isBinary) this.fail(new BroadcastError('bad-request', 'a message must be text'), CLOSE.policy)
    else if (this.#waiting >= MAX_WAITING) this.close(CLOSE.policy)
    else {
      this.#waiting++
      this.#queue = this.#queue.then(() => this.#handle(data.toString()))
    }
  }

  async #handle(text: string): Promise<void> {
    this.#waiting--
    if (!this.open) return
    try {
      await this.#onMessage(parseClientMessage(text))
    } catch (error) {
      this.fail(error)
    }
  }

  #ping(): void {
    this.#cancelPing = this.#clock.after(PING_INTERVAL, () => {
      if (this.#clock.monotonic() - this.#heardAt >= MAX_SILENCE) this.terminate()
      else {
        this.#socket.ping()
        this.#ping()
      }
    })
  }
}
