import type { FastifyReply } from 'fastify'
import type { Clock } from '../core/ports.ts'

/** Proxies close what is silent for longer. */
const HEARTBEAT = 15_000
/** Bytes waiting for a reader that does not read; it is cut off, for it comes back by itself and starts afresh. */
const MAX_WAITING = 256 * 1024

/**
 * One reader of server-sent events.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  /** Settles when the reader is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<void>
  readonly #response: FastifyReply['raw']
  readonly #clock: Clock
  #cancelHeartbeat: (() => void) | undefined

  /** Takes the reply over; headers that hooks have set are kept. */
  static open(reply: FastifyReply, clock: Clock): EventStream {
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value)
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    reply.raw.flushHeaders()
    return new EventStream(reply.raw, clock)
  }

  private constructor(response: FastifyReply['raw'], clock: Clock) {
    this.#response = response
    this.#clock = clock
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        this.#cancelHeartbeat?.()
        resolve()
      })
    })
    response.on('error', () => response.destroy())
    this.#beat()
  }

  /** Sends one event; `data` becomes JSON. */
  send(event: string, data: unknown): void {
    this.sendText(event, JSON.stringify(data))
  }

  /** The same with JSON that is ready, for many readers are told the same. */
  sendText(event: string, json: string): void {
    this.#write(`event: ${event}\ndata: ${json}\n\n`)
  }

  /** Sends what is waiting, and ends. Any number of times. */
  close(): void {
    this.#cancelHeartbeat?.()
    if (!this.#response.writableEnded) this.#response.end()
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#clock.after(HEARTBEAT, () => {
      this.#write(': still here\n\n')
      this.#beat()
    })
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    if (this.#response.writableLength > MAX_WAITING) this.#response.destroy()
    else this.#response.write(text)
  }
}
