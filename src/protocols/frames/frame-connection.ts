import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { BroadcastError } from '../../core/errors.ts'
import type { Clock, CloseReason, Logger } from '../../core/ports.ts'
import { CLOSE, closeCodeOfError, closeCodeOfReason } from '../close-codes.ts'
import { MessageGuard } from '../message-guard.ts'
import type { FrameServerMessage } from './frame-messages.ts'

/** Bytes of the largest text message; frames may be longer. */
const MAX_TEXT_BYTES = 64 * 1024
const TEXT_LIMITS = { perSecond: 50, maxBytes: MAX_TEXT_BYTES }
/** No camera and no screen shows more; what comes beyond that in a second is left out. */
const MAX_FRAMES_PER_SECOND = 240
/** Bytes of text that wait for a client that does not read. */
const MAX_UNSENT = 3 * 1024 * 1024
/** Milliseconds between two pings, and of silence after which a client is gone: it may miss one. */
const PING_EVERY = 8_000
const MAX_SILENCE = 20_000
/** Milliseconds in which a client that is sent away may read what is left. */
const GOODBYE = 2_000
const NOTHING = Buffer.alloc(0)

export type FrameConnectionOptions = {
  socket: WebSocket
  /** Beneath the WebSocket: frames are written there as they are, made once for all. */
  stream: Duplex
  clock: Clock
  logger: Logger
  /** Either may throw or reject: that is told to the client, and ends it where its code says so. */
  onText: (text: string) => void | Promise<void>
  onFrame: (jpeg: Buffer) => void | Promise<void>
  /** Instead of a frame of which there are more than any camera sends. */
  onFlood: () => void
}

/** One client of the frames door as a socket: limits, liveness, goodbye. It knows nothing of broadcasts. */
export class FrameConnection {
  /** Settles with the close code when the socket is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #clock: Clock
  readonly #logger: Logger
  #heardAt: number
  #pingedAt: number
  #cancelGoodbye: () => void = () => undefined

  constructor({ socket, stream, clock, logger, onText, onFrame, onFlood }: FrameConnectionOptions) {
    this.#socket = socket
    this.#stream = stream
    this.#clock = clock
    this.#logger = logger
    this.#heardAt = this.#pingedAt = clock.monotonic()
    const texts = new MessageGuard(clock, TEXT_LIMITS)
    const frames = new MessageGuard(clock, { perSecond: MAX_FRAMES_PER_SECOND, maxBytes: Infinity })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#heardAt = this.#clock.monotonic()
      if (!this.open) return
      if (isBinary) {
        if (frames.refusal(data.length) === undefined) this.#hand(onFrame, data)
        else onFlood()
        return
      }
      const refusal = texts.refusal(data.length)
      if (refusal === undefined) this.#hand(onText, data.toString())
      else this.close(refusal)
    })
    socket.on('pong', () => {
      this.#heardAt = this.#clock.monotonic()
    })
    socket.on('error', (error) => logger.debug({ error }, 'frames socket failed')) // 'close' follows
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#cancelGoodbye()
        resolve(code)
      })
    })
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Never waits; a client that does not read is cut off. */
  send(message: FrameServerMessage): void {
    if (!this.open) return
    if (this.#socket.bufferedAmount > MAX_UNSENT) this.close(CLOSE.overload)
    else this.#socket.send(JSON.stringify(message))
  }

  /**
   * Hot path. One write of whole messages cannot come between the bytes of another. True if the network took it at once,
   * which it nearly always does: a callback for each frame and viewer would cost more than the write. Otherwise a write of
   * nothing behind it calls `written` when it has gone.
   */
  write(messages: Buffer, written: () => void): boolean {
    const stream = this.#stream
    if (!this.open) return true
    stream.write(messages)
    if (stream.writableLength === 0) return true
    stream.write(NOTHING, written)
    return false
  }

  /** Tells what went wrong; the code decides whether that is the end. `orElse` ends it in any case. */
  fail(error: unknown, orElse?: number): void {
    const refusal =
      error instanceof BroadcastError ? error : new BroadcastError('overloaded', 'the server failed')
    if (refusal !== error) this.#logger.error({ error }, 'the frames door failed')
    this.send({ type: 'error', code: refusal.code, message: refusal.message })
    const code = closeCodeOfError(refusal.code) ?? orElse
    if (code !== undefined) this.close(code)
  }

  /** About once a second. */
  look(now: number): void {
    if (now - this.#heardAt >= MAX_SILENCE) this.terminate()
    else if (now - this.#pingedAt >= PING_EVERY && this.open) {
      this.#pingedAt = now
      this.#socket.ping()
    }
  }

  closeFor(reason: CloseReason): void {
    this.close(closeCodeOfReason(reason) ?? (reason === 'timeout' ? CLOSE.policy : CLOSE.normal))
  }

  /** Any number of times. A client that does not answer is dropped. */
  close(code: number): void {
    if (!this.open) return
    this.#socket.close(code)
    this.#cancelGoodbye = this.#clock.after(GOODBYE, () => this.terminate())
  }

  /** Drops it without a word. */
  terminate(): void {
    this.#socket.terminate()
  }

  #hand<Data>(handler: (data: Data) => void | Promise<void>, data: Data): void {
    try {
      const handled = handler(data)
      if (handled) handled.catch((error: unknown) => this.fail(error))
    } catch (error) {
      this.fail(error, CLOSE.policy)
    }
  }
}
