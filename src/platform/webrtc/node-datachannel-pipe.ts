import { PeerConnection, type Track } from 'node-datachannel'
import { BroadcastError } from '../../core/errors.ts'
import type { CloseReason, Logger } from '../../core/ports.ts'
import type { MediaPipe, TransportDescription } from '../../core/webrtc-transport.ts'
import { hostCandidate, isUsableCandidate, transportIn, virtualOffer } from './virtual-description.ts'

export type PipeOptions = {
  host: string
  port: number
  addresses: readonly string[]
  connectTimeout: number
  logger: Logger
}

const GATHER_TIMEOUT = 3000

/** One peer on libdatachannel. An exception in one of its callbacks would end the process: each is wrapped. */
export class NodeDataChannelPipe implements MediaPipe {
  readonly connected: Promise<boolean>
  readonly closed: Promise<CloseReason>
  onPacket: ((packet: Buffer) => void) | undefined
  #local: TransportDescription | undefined
  #state: MediaPipe['state'] = 'connecting'
  #track: Track | undefined
  readonly #peer: PeerConnection
  readonly #announced: readonly string[]
  readonly #logger: Logger
  readonly #giveUp: NodeJS.Timeout
  #settleConnected: (connected: boolean) => void = () => {}
  #settleClosed: (reason: CloseReason) => void = () => {}

  /** Resolves when the answer is known. Rejects with `bad-offer` or `overloaded`. */
  static async open(
    name: string,
    remote: TransportDescription,
    options: PipeOptions,
  ): Promise<NodeDataChannelPipe> {
    let pipe: NodeDataChannelPipe
    try {
      pipe = new NodeDataChannelPipe(name, options)
    } catch (error) {
      throw new BroadcastError('overloaded', 'no connection can be made now', { cause: error, retryAfter: 2 })
    }
    try {
      await pipe.#negotiate(remote)
      return pipe
    } catch (error) {
      await pipe.close('failed')
      throw error
    }
  }

  private constructor(name: string, { host, port, addresses, connectTimeout, logger }: PipeOptions) {
    this.#logger = logger
    this.#announced = addresses.map((address, index) => hostCandidate(address, port, index))
    this.connected = new Promise((resolve) => (this.#settleConnected = resolve))
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
    this.#peer = new PeerConnection(name, {
      iceServers: [],
      bindAddress: host,
      enableIceUdpMux: true,
      portRangeBegin: port,
      portRangeEnd: port,
      forceMediaTransport: true,
    })
    this.#giveUp = setTimeout(() => void this.close('timeout'), connectTimeout).unref()
  }

  get local(): TransportDescription {
    if (!this.#local) throw new Error('a pipe is handed out only when its answer is known')
    return this.#local
  }

  get state(): MediaPipe['state'] {
    return this.#state
  }

  send(packet: Buffer): boolean {
    if (this.#state !== 'connected') return false
    try {
      return this.#track?.sendMessageBinary(packet) ?? false
    } catch {
      return false // the track has just closed
    }
  }

  addRemoteCandidate(candidate: string): void {
    if (this.#state === 'closed' || !isUsableCandidate(candidate)) return
    try {
      this.#peer.addRemoteCandidate(`candidate:${candidate}`, '0')
    } catch (error) {
      this.#logger.debug({ error }, 'candidate not usable')
    }
  }

  close(reason: CloseReason = 'ended'): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve()
    this.#state = 'closed'
    this.onPacket = undefined
    clearTimeout(this.#giveUp)
    this.#settleConnected(false)
    // Not from inside a callback of the peer that is to be closed.
    setImmediate(() => {
      this.#guard(() => this.#track?.close())
      this.#guard(() => {
        this.#peer.close()
      })
      this.#settleClosed(reason)
    })
    return this.closed.then(() => undefined)
  }

  async #negotiate(remote: TransportDescription): Promise<void> {
    const gathered = Promise.withResolvers<undefined>()
    const tooLong = setTimeout(() => gathered.reject(new Error('gathering took too long')), GATHER_TIMEOUT)
    this.#peer.onGatheringStateChange((state) => state === 'complete' && gathered.resolve(undefined))
    this.#peer.onTrack((track) => this.#guard(() => this.#adopt(track)))
    this.#peer.onStateChange((state) => this.#guard(() => this.#stateChanged(state)))
    try {
      this.#peer.setRemoteDescription(virtualOffer(remote), 'offer')
    } catch (error) {
      clearTimeout(tooLong)
      throw new BroadcastError('bad-offer', 'the transport of this offer cannot be used', { cause: error })
    }
    try {
      await gathered.promise
    } catch (error) {
      throw new BroadcastError('overloaded', 'no connection can be made now', { cause: error, retryAfter: 2 })
    } finally {
      clearTimeout(tooLong)
    }
    const local = transportIn(this.#peer.localDescription()?.sdp ?? '')
    this.#local = { ...local, candidates: [...this.#announced, ...local.candidates] }
    for (const candidate of remote.candidates) this.addRemoteCandidate(candidate)
  }

  #adopt(track: Track): void {
    this.#track = track
    track.onOpen(() => this.#guard(() => this.#opened()))
    track.onMessage((packet) => this.#guard(() => this.onPacket?.(packet)))
  }

  #opened(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'connected'
    clearTimeout(this.#giveUp)
    this.#settleConnected(true)
  }

  #stateChanged(state: string): void {
    if (state === 'failed' || state === 'disconnected') void this.close('failed')
    else if (state === 'closed') void this.close('ended')
  }

  #guard(task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#logger.error({ error }, 'peer callback failed')
      if (this.#state !== 'closed') void this.close('failed')
    }
  }
}
