import { BroadcastError } from '../../core/errors.ts'
import type { Logger } from '../../core/ports.ts'
import type { MediaPipe, TransportDescription, WebRtcTransport } from '../../core/webrtc-transport.ts'
import { NodeDataChannelPipe } from './node-datachannel-pipe.ts'

export type TransportOptions = {
  /** Address that the UDP port is bound to. */
  host: string
  /** The one UDP port of all peers. */
  port: number
  /** Public addresses to announce as well, where the server stands behind NAT. */
  addresses: readonly string[]
  /** Milliseconds until a peer that does not connect is given up. */
  connectTimeout: number
  logger: Logger
}

/** WebRTC on libdatachannel, used as a pipe: one UDP port for all peers, one virtual m-line for each. */
export class NodeDataChannelTransport implements WebRtcTransport {
  readonly #options: TransportOptions
  readonly #pipes = new Set<NodeDataChannelPipe>()
  #opened = 0
  #closing = false

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /** Peers that are connected or about to be. */
  get size(): number {
    return this.#pipes.size
  }

  async accept(remote: TransportDescription): Promise<MediaPipe> {
    if (this.#closing) throw new BroadcastError('overloaded', 'the server is stopping', { retryAfter: 5 })
    const pipe = await NodeDataChannelPipe.open(`peer-${this.#opened++}`, remote, this.#options)
    this.#pipes.add(pipe)
    void pipe.closed.then(() => this.#pipes.delete(pipe))
    return pipe
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    await Promise.all([...this.#pipes].map((pipe) => pipe.close('shutdown')))
  }
}
