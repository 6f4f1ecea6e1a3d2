import { IceUdpMuxListener, initLogger } from 'node-datachannel'
import { BroadcastError } from '../../core/errors.ts'
import type { Logger } from '../../core/ports.ts'
import type { MediaPipe, TransportDescription, WebRtcTransport } from '../../core/webrtc-transport.ts'
import { NodeDataChannelPipe, type Traffic } from './node-datachannel-pipe.ts'
import { faultOf } from './virtual-description.ts'

export type TransportOptions = {
  /** Address that the UDP port is bound to. */
  host: string
  /** The one UDP port of all peers. */
  port: number
  /** Public addresses to announce as well, where the server stands behind NAT. */
  addresses: readonly string[]
  logger: Logger
  /** Milliseconds until a peer that does not connect is given up. */
  connectTimeout?: number
  /** Milliseconds that a peer has to come to us, before we also go to its candidates. */
  checkAfter?: number
  /** Peers that may be on their way in at once. */
  maxConnecting?: number
}

const CONNECT_TIMEOUT = 10_000
const CHECK_AFTER = 200
const MAX_CONNECTING = 1000
/** Kept for the life of the process: the native side still calls a listener that was stopped or collected. */
const heldPorts = new Map<string, IceUdpMuxListener>()

/** WebRTC on libdatachannel, used as a pipe: one UDP port for all peers, one virtual m-line for each. */
export class NodeDataChannelTransport implements WebRtcTransport {
  /** Packets of all peers since the start. */
  readonly traffic: Readonly<Traffic>
  readonly #options: Required<TransportOptions> & { readonly traffic: Traffic }
  readonly #opening = new Set<Promise<unknown>>()
  readonly #pipes = new Set<NodeDataChannelPipe>()
  #connecting = 0
  #opened = 0
  #closing: Promise<void> | undefined

  /** Resolves once the UDP port is open, which stays so until the process ends; rejects with a message that names it. */
  static async open(options: TransportOptions): Promise<NodeDataChannelTransport> {
    const { host, port, logger } = options
    initLogger('Warning', (level, message) => {
      try {
        logger.debug({ nativeLevel: level }, message)
      } catch {
        // a log that is gone is no reason to end the process
      }
    })
    holdPort(host, port)
    return new NodeDataChannelTransport(options)
  }

  private constructor(options: TransportOptions) {
    const traffic = { packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0 }
    this.traffic = traffic
    this.#options = {
      connectTimeout: CONNECT_TIMEOUT,
      checkAfter: CHECK_AFTER,
      maxConnecting: MAX_CONNECTING,
      ...options,
      traffic,
    }
  }

  /** Peers that are connected or about to be. */
  get size(): number {
    return this.#pipes.size
  }

  async accept(remote: TransportDescription): Promise<MediaPipe> {
    if (this.#closing) throw new BroadcastError('overloaded', 'the server is stopping', { retryAfter: 5 })
    const fault = faultOf(remote)
    if (fault) throw new BroadcastError('bad-offer', `the offer's transport: ${fault}`)
    if (this.#connecting >= this.#options.maxConnecting)
      throw new BroadcastError('overloaded', 'too many connections are being made', { retryAfter: 5 })
    this.#connecting++
    const opening = NodeDataChannelPipe.open(`peer-${this.#opened++}`, remote, this.#options)
    const settled = opening.then(
      (pipe) => this.#keep(pipe),
      () => this.#connecting--,
    )
    this.#opening.add(settled)
    void settled.then(() => this.#opening.delete(settled))
    return opening
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #keep(pipe: NodeDataChannelPipe): void {
    this.#pipes.add(pipe)
    void pipe.connected.then(() => this.#connecting--)
    void pipe.closed.then(() => this.#pipes.delete(pipe))
    if (this.#closing) void pipe.close('shutdown')
  }

  async #close(): Promise<void> {
    await Promise.all(this.#opening)
    await Promise.all([...this.#pipes].map((pipe) => pipe.close('shutdown')))
  }
}

/** Without it the port would be open only while there are peers, and somebody else could take it in between. */
function holdPort(host: string, port: number): void {
  const name = `${port} on ${host}`
  if (heldPorts.has(name)) return
  try {
    heldPorts.set(name, new IceUdpMuxListener(port, host))
  } catch (error) {
    throw new Error(`UDP port ${name} cannot be opened: it is taken, or the address is not this machine's`, {
      cause: error,
    })
  }
}
