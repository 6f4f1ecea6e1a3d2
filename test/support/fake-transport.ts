import { BroadcastError } from '../../src/core/errors.ts'
import type { CloseReason } from '../../src/core/ports.ts'
import type { MediaPipe, TransportDescription, WebRtcTransport } from '../../src/core/webrtc-transport.ts'
import { isUsableCandidate } from '../../src/platform/webrtc/ice-candidate.ts'
import { faultOf } from '../../src/platform/webrtc/virtual-description.ts'

/** A pipe that remembers what was sent, and connects, receives and ends when it is told to. */
export class FakePipe implements MediaPipe {
  readonly local: TransportDescription
  readonly remote: TransportDescription
  readonly connected: Promise<boolean>
  readonly closed: Promise<CloseReason>
  state: MediaPipe['state'] = 'connecting'
  onPacket: ((packet: Buffer) => void) | undefined
  /** Copies of the packets that were sent, RTP and RTCP, in order. */
  readonly sent: Buffer[] = []
  /** Usable remote candidates: those of the offer, and later ones. */
  readonly candidates: string[] = []
  /** While true, `send` sends nothing and returns false. */
  congested = false
  #settleConnected: (connected: boolean) => void = () => undefined
  #settleClosed: (reason: CloseReason) => void = () => undefined

  constructor(remote: TransportDescription, number: number) {
    this.remote = remote
    this.local = {
      iceUfrag: `fake${number}`,
      icePwd: 'fakefakefakefakefakefake',
      fingerprint: `sha-256 ${Array<string>(32).fill('FA').join(':')}`,
      setup: remote.setup === 'passive' ? 'active' : 'passive',
      candidates: ['1 1 UDP 2114977791 127.0.0.1 40000 typ host'],
    }
    this.connected = new Promise((resolve) => (this.#settleConnected = resolve))
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
    for (const candidate of remote.candidates) this.addRemoteCandidate(candidate)
  }

  send(packet: Buffer): boolean {
    if (this.state !== 'connected' || this.congested || packet.length < 8) return false
    this.sent.push(Buffer.from(packet))
    return true
  }

  addRemoteCandidate(candidate: string): void {
    if (this.state !== 'closed' && isUsableCandidate(candidate)) this.candidates.push(candidate)
  }

  async close(reason: CloseReason = 'ended'): Promise<void> {
    if (this.state !== 'closed') {
      this.state = 'closed'
      this.onPacket = undefined
      this.#settleConnected(false)
      this.#settleClosed(reason)
    }
    await this.closed
  }

  /** Media can flow from now on. */
  connect(): void {
    if (this.state !== 'connecting') return
    this.state = 'connected'
    this.#settleConnected(true)
  }

  /** The peer sends a packet. */
  receive(packet: Buffer): void {
    try {
      this.onPacket?.(Buffer.from(packet))
    } catch {
      void this.close('failed')
    }
  }
}

/** Makes pipes in memory; the test plays the peers. */
export class FakeTransport implements WebRtcTransport {
  /** Every pipe that was made, oldest first. */
  readonly pipes: FakePipe[] = []
  /** What the next `accept` rejects with. */
  refusal: BroadcastError | undefined
  #closing = false

  /** The latest pipe. */
  get pipe(): FakePipe {
    const pipe = this.pipes.at(-1)
    if (!pipe) throw new Error('no pipe was made yet')
    return pipe
  }

  async accept(remote: TransportDescription): Promise<FakePipe> {
    const { refusal } = this
    this.refusal = undefined
    if (refusal) throw refusal
    if (this.#closing) throw new BroadcastError('overloaded', 'the server is stopping')
    const fault = faultOf(remote)
    if (fault) throw new BroadcastError('bad-offer', fault)
    const pipe = new FakePipe(remote, this.pipes.length)
    this.pipes.push(pipe)
    return pipe
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    await Promise.all(this.pipes.map((pipe) => pipe.close('shutdown')))
  }
}
