import type { IncomingMessage, ServerResponse } from 'node:http'

/** A client that takes nothing for so long has gone without a word; a player that pauses comes back with a range. */
const STALLED_AFTER = 120_000

/** Writes an answer piece by piece, each when the one before is out of our hands; knows when nobody listens any more. */
export class ResponseOutlet implements Disposable {
  readonly #response: ServerResponse
  readonly #socket: IncomingMessage['socket']
  #isGone: boolean
  #settle: ((written: boolean) => void) | undefined

  constructor(request: IncomingMessage, response: ServerResponse, stalledAfter = STALLED_AFTER) {
    this.#response = response
    this.#socket = request.socket
    this.#isGone = request.socket.destroyed
    this.#socket.setMaxListeners(0) // one of ours per request that waits
    this.#socket.once('close', this.#onClose)
    response.setTimeout(stalledAfter, () => response.destroy())
  }

  /** The client has left. */
  get isGone(): boolean {
    return this.#isGone
  }

  /**
   * Resolves when it is this answer's turn: requests that came in one go are answered one after the other, and those
   * that wait shall hold nothing. False when the client has left.
   */
  turn(): Promise<boolean> {
    if (this.#isGone || this.#response.socket) return Promise.resolve(!this.#isGone)
    return this.#wait((done) => this.#response.once('socket', () => done()))
  }

  /** Resolves when the system has taken all of `chunk`, which is free then; false when the client has left. */
  write(chunk: Buffer | string): Promise<boolean> {
    if (this.#isGone) return Promise.resolve(false)
    return this.#wait((done) => this.#response.write(chunk, done))
  }

  [Symbol.dispose](): void {
    this.#socket.off('close', this.#onClose)
  }

  #wait(begin: (done: (error?: Error | null) => void) => void): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#settle = resolve
    begin((error) => resolve(!error))
    return promise
  }

  readonly #onClose = () => {
    this.#isGone = true
    this.#settle?.(false)
  }
}
