import { randomBytes } from 'node:crypto'
import { PeerConnection, type Track } from 'node-datachannel'
import { BroadcastError } from '../../core/errors.ts'
import type { CloseReason, Logger } from '../../core/ports.ts'
import type { MediaPipe, TransportDescription } from '../../core/webrtc-transport.ts'
import { addressOf, announcedCandidate, isUsableCandidate } from './ice-candidate.ts'
import { transportIn, virtualOffer } from './virtual-description.ts'

/** Packets of all pipes of a transport and their bytes, counted. */
export type Traffic = { packetsIn: number; packetsOut: number; bytesIn: number; bytesOut: number }

export type PipeOptions = {
  host: string
  port: number
  addresses: readonly string[]
  connectTimeout: number
  checkAfter: number
  traffic: Traffic
  logger: Logger
}

const GATHER_TIMEOUT = 3000
/** Each costs a pair to check; browsers have fewer than ten. */
const MAX_REMOTE_CANDIDATES = 32

/** One peer on libdatachannel. An exception in one of its callbacks would end the process: each is wrapped. */
export class NodeDataChannelPipe implements MediaPipe {
  readonly connected: Promise<boolean>
  readonly closed: Promise<CloseReason>
  onPacket: ((packet: Buffer) => void) | undefined
  #local: TransportDescription | undefined
  #state: MediaPipe['state'] = 'connecting'
  #track: Track | undefined
  /** Until they are given to libdatachannel; undefined from then on. */
  #heldCandidates: string[] | undefined = []
  #remoteCandidates = 0
  readonly #peer: PeerConnection
  readonly #options: PipeOptions
  readonly #giveUp: NodeJS.Timeout
  readonly #check: NodeJS.Timeout
  readonly #gone: Promise<void>
  #settleConnected: (connected: boolean) => void = () => undefined
  #settleClosed: (reason: CloseReason) => void = () => undefined

  /** Resolves when the answer is known. Rejects with `overloaded`; `remote` is known to be usable. */
  static async open(
    name: string,
    remote: TransportDescription,
    options: PipeOptions,
  ): Promise<NodeDataChannelPipe> {
    let pipe: NodeDataChannelPipe | undefined
    try {
      pipe = new NodeDataChannelPipe(name, options)
      await pipe.#negotiate(remote)
      return pipe
    } catch (error) {
      await pipe?.close('failed')
      throw new BroadcastError('overloaded', 'no connection can be made now', { cause: error, retryAfter: 2 })
    }
  }

  private constructor(name: string, options: PipeOptions) {
    const { host, port, connectTimeout, checkAfter } = options
    this.#options = options
    this.#peer = new PeerConnection(name, {
      iceServers: [],
      bindAddress: host,
      enableIceUdpMux: true,
      portRangeBegin: port,
      portRangeEnd: port,
      forceMediaTransport: true,
      disableAutoNegotiation: true,
    })
    this.connected = new Promise((resolve) => (this.#settleConnected = resolve))
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
    this.#gone = this.closed.then(() => undefined)
    this.#giveUp = setTimeout(() => void this.close('timeout'), connectTimeout).unref()
    this.#check = setTimeout(() => this.#checkPeer(), checkAfter).unref()
  }

  get local(): TransportDescription {
    if (!this.#local) throw new Error('a pipe is handed out only when its answer is known')
    return this.#local
  }

  get state(): MediaPipe['state'] {
    return this.#state
  }

  send(packet: Buffer): boolean {
    if (this.#state !== 'connected' || !this.#track) return false
    try {
      const sent = this.#track.sendMessageBinary(packet)
      if (sent) {
        const { traffic } = this.#options
        traffic.packetsOut++
        traffic.bytesOut += packet.length
      }
      return sent
    } catch {
      return false // not RTP, a sequence number that SRTP has seen, or a track that has just closed
    }
  }

  addRemoteCandidate(candidate: string): void {
    if (this.#state === 'closed' || !isUsableCandidate(candidate)) return
    if (++this.#remoteCandidates > MAX_REMOTE_CANDIDATES) return
    if (this.#heldCandidates) this.#heldCandidates.push(candidate)
    else this.#addCandidate(candidate)
  }

  close(reason: CloseReason = 'ended'): Promise<void> {
    if (this.#state === 'closed') return this.#gone
    this.#state = 'closed'
    this.onPacket = undefined
    clearTimeout(this.#giveUp)
    clearTimeout(this.#check)
    this.#settleConnected(false)
    // Not from inside a callback of the peer that is to be closed.
    setImmediate(() => {
      this.#guard(() => this.#track?.close())
      this.#guard(() => {
        this.#peer.close()
      })
      this.#settleClosed(reason)
    })
    return this.#gone
  }

  async #negotiate(remote: TransportDescription): Promise<void> {
    const gathered = Promise.withResolvers<undefined>()
    const tooLong = setTimeout(() => gathered.reject(new Error('gathering took too long')), GATHER_TIMEOUT)
    this.#peer.onGatheringStateChange((state) => state === 'complete' && gathered.resolve(undefined))
    this.#peer.onTrack((track) => this.#guard(() => this.#adopt(track)))
    this.#peer.onStateChange((state) => this.#guard(() => this.#stateChanged(state)))
    try {
      this.#peer.setRemoteDescription(virtualOffer(remote), 'offer')
      // Peers on one port are told apart by their user names; libdatachannel's own have only 4 characters.
      this.#peer.setLocalDescription('answer', {
        iceUfrag: randomBytes(12).toString('base64'),
        icePwd: randomBytes(24).toString('base64'),
      })
      await gathered.promise
    } finally {
      clearTimeout(tooLong)
    }
    this.#local = this.#announce(transportIn(this.#peer.localDescription()?.sdp ?? ''))
    for (const candidate of remote.candidates) this.addRemoteCandidate(candidate)
  }

  #announce(local: TransportDescription): TransportDescription {
    const { addresses, port } = this.#options
    const announced = addresses.map((address, index) => announcedCandidate(address, port, index))
    const own = local.candidates.filter((candidate) => !addresses.includes(addressOf(candidate)))
    return { ...local, candidates: [...announced, ...own] }
  }

  /**
   * The peer comes to us: its candidates are needed only where something keeps its packets out until we have sent
   * some. Checks at once could also connect it before it has read our answer, which libdatachannel, and so OBS,
   * takes for a wrong fingerprint; and strangers could have us send to whom they like.
   */
  #checkPeer(): void {
    const held = this.#heldCandidates ?? []
    this.#heldCandidates = undefined
    for (const candidate of held) this.#addCandidate(candidate)
  }

  #addCandidate(candidate: string): void {
    try {
      this.#peer.addRemoteCandidate(`candidate:${candidate}`, '0')
    } catch (error) {
      this.#options.logger.debug({ error }, 'candidate not usable')
    }
  }

  #adopt(track: Track): void {
    this.#track = track
    track.onOpen(() => this.#guard(() => this.#opened()))
    track.onMessage((packet) => this.#received(packet))
  }

  /** Hot path. */
  #received(packet: Buffer): void {
    const { traffic } = this.#options
    traffic.packetsIn++
    traffic.bytesIn += packet.length
    try {
      this.onPacket?.(packet)
    } catch (error) {
      this.#failed(error)
    }
  }

  #opened(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'connected'
    clearTimeout(this.#giveUp)
    clearTimeout(this.#check)
    this.#settleConnected(true)
  }

  #stateChanged(state: string): void {
    if (state === 'disconnected' || state === 'closed') void this.close('ended')
    else if (state === 'failed') void this.close(this.#state === 'connected' ? 'timeout' : 'failed')
  }

  #guard(task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#options.logger.error({ error }, 'peer callback failed')
    void this.close('failed')
  }
}
