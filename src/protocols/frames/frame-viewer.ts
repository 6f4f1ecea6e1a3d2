import type { Clock, CloseReason } from '../../core/ports.ts'
import type { Session } from '../../core/session.ts'
import { FrameOutlet, type WriteFrame } from './frame-outlet.ts'

/** What carries the frames. */
export type FrameTransport = 'websocket' | 'http'

export type FrameViewerOptions = {
  id: string
  address: string
  transport: FrameTransport
  clock: Pick<Clock, 'monotonic'>
  write: WriteFrame
  /** Ends its connection; `gone` is to be called when that is so. */
  hangUp: (reason: CloseReason) => void
}

/** Whoever receives the frames of one broadcast. */
export class FrameViewer implements Session {
  readonly id: string
  readonly door = 'frames'
  readonly address: string
  readonly transport: FrameTransport
  readonly closed: Promise<CloseReason>
  readonly outlet: FrameOutlet
  readonly #hangUp: (reason: CloseReason) => void
  readonly #settle: (reason: CloseReason) => void

  constructor({ id, address, transport, clock, write, hangUp }: FrameViewerOptions) {
    this.id = id
    this.address = address
    this.transport = transport
    this.outlet = new FrameOutlet(write, clock)
    this.#hangUp = hangUp
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    this.#settle = resolve
  }

  get bytesSent(): number {
    return this.outlet.bytes
  }

  async close(reason: CloseReason): Promise<void> {
    this.outlet.close()
    this.#hangUp(reason)
    this.#settle(reason)
  }

  /** Its connection is over. */
  gone(reason: CloseReason): void {
    this.outlet.close()
    this.#settle(reason)
  }
}
