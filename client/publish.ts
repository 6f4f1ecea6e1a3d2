import { backOff } from './back-off.ts'
import { type BroadcastAddress, broadcastAddress } from './broadcast-address.ts'
import { measureClockOffset } from './clock-sync.ts'
import { Lifecycle, tell } from './lifecycle.ts'
import { newPeer } from './new-peer.ts'
import { OutgoingMedia } from './outgoing-media.ts'
import { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import { publicationStatistics } from './publication-statistics.ts'
import type { Publication, PublicationState, PublishOptions } from './publication.ts'
import { SdpSession } from './sdp-session.ts'
import type { PublicationStatistics } from './statistics.ts'
import { sampleStats } from './stats-sampler.ts'
import { type Connection, stayConnected } from './stay-connected.ts'
import { wasStopped } from './stopped.ts'
import { gatherCandidates, needsTrickle } from './trickle.ts'

/** Sends a stream to a WHIP endpoint, and again after every loss, until `close()`. Returns at once. */
export function publish(url: string | URL, stream: MediaStream, options: PublishOptions = {}): Publication {
  return new WhipPublication(new URL(url, location.href), stream, options)
}

/** Clocks drift by some milliseconds in this time. */
const CLOCK_INTERVAL = 300_000

class WhipPublication implements Publication {
  readonly #url: URL
  readonly #options: PublishOptions
  readonly #media: OutgoingMedia
  readonly #address: BroadcastAddress | undefined
  readonly #lifecycle: Lifecycle<PublicationState>
  readonly #abort = new AbortController()
  #iceServers: RTCIceServer[]
  #session: SdpSession | undefined
  #peer: RTCPeerConnection | undefined
  #link: PeerLink | undefined
  #statistics: PublicationStatistics | undefined
  #lastLoss: ProblemError | undefined
  #closing: Promise<void> | undefined

  constructor(url: URL, stream: MediaStream, options: PublishOptions) {
    this.#url = url
    this.#options = options
    this.#media = new OutgoingMedia(stream, options)
    this.#address = broadcastAddress(url)
    this.#iceServers = options.iceServers ?? []
    this.#lifecycle = new Lifecycle<PublicationState>('connecting', options.onState)
    options.signal?.addEventListener('abort', () => void this.close(), { signal: this.#abort.signal })
    globalThis.addEventListener('pagehide', () => this.#pageHides(), { signal: this.#abort.signal })
    if (options.signal?.aborted) void this.close()
    else void this.#run()
  }

  get state(): PublicationState {
    return this.#lifecycle.state
  }

  get problem(): ProblemError | undefined {
    return this.#lifecycle.problem
  }

  get closed(): Promise<'ended' | 'failed'> {
    return this.#lifecycle.closed
  }

  stats(): PublicationStatistics | undefined {
    return this.#statistics
  }

  async replaceTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    if (!(await this.#media.replace(kind, track))) this.#connectAnew()
  }

  async setStream(stream: MediaStream): Promise<void> {
    if (!(await this.#media.replaceAll(stream))) this.#connectAnew()
  }

  setMuted(kind: 'audio' | 'video', muted: boolean): void {
    this.#media.setMuted(kind, muted)
  }

  isMuted(kind: 'audio' | 'video'): boolean {
    return this.#media.isMuted(kind)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#abort.abort()
    await this.#session?.close() // first, or the server takes it for a loss
    this.#hangUp()
    this.#media.release()
    this.#lifecycle.finish('ended')
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    const problem = await stayConnected({
      signal,
      connect: () => this.#connect(signal),
      onTrouble: (trouble, attempt) => {
        const retryIn = backOff(attempt, trouble.retryAfter)
        const state = this.#lastLoss ? 'reconnecting' : 'connecting'
        this.#lifecycle.become(state, { problem: trouble, retryIn, attempt: attempt + 1 })
        return retryIn
      },
    })
    if (!problem) return // closed from here
    this.#abort.abort()
    this.#media.release()
    this.#lifecycle.finish(problem.code === 'stopped' ? 'ended' : 'failed', problem)
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    await this.#assertNotStopped(signal)
    await this.#session?.close()
    const peer = newPeer(this.#iceServers)
    const candidates = needsTrickle(this.#iceServers) ? gatherCandidates(peer) : undefined
    this.#peer = peer
    try {
      this.#media.sendOver(peer)
      await peer.setLocalDescription()
      // At once, without candidates: the server learns ours from the checks we send to its own.
      const offer = peer.localDescription?.sdp ?? ''
      const session = await SdpSession.open(this.#url, offer, { bearer: this.#options.key, signal })
      this.#session = session
      if (session.iceServers.length > 0) this.#iceServers = [...session.iceServers]
      const link = new PeerLink(peer)
      this.#link = link
      signal.addEventListener('abort', () => link.lose(closedHere()), { once: true })
      await peer.setRemoteDescription({ type: 'answer', sdp: session.answer })
      candidates?.sendTo(session, signal)
      await link.connected
      return this.#live(peer, session, link)
    } catch (error) {
      void this.#session?.close()
      this.#hangUp()
      throw error
    }
  }

  #live(peer: RTCPeerConnection, session: SdpSession, link: PeerLink): Connection {
    this.#lifecycle.become('live')
    const stopSampling = sampleStats(peer, (reading) => {
      if (reading.interval === 0) return
      this.#statistics = publicationStatistics(reading)
      tell(this.#options.onStatistics, this.#statistics)
    })
    const stopClock = this.#keepClock(session)
    const lost = link.lost.then((problem) => {
      stopSampling()
      stopClock()
      this.#statistics = undefined
      this.#lastLoss = problem
      if (this.#abort.signal.aborted) return problem
      void session.close() // frees the place of publisher; the server waits for the return
      this.#hangUp()
      return problem
    })
    return { lost }
  }

  /** After a goodbye of the server: an administrator's word counts, a restart does not. */
  async #assertNotStopped(signal: AbortSignal): Promise<void> {
    if (this.#lastLoss?.code !== 'closed-by-server' || !this.#address) return
    const { key } = this.#options
    const secret = typeof key === 'function' ? await key() : key
    if (await wasStopped(this.#address, { key: secret, signal }))
      throw new ProblemError('stopped', 'The broadcast was stopped on the server.', { final: true })
    this.#lastLoss = new ProblemError('connection-lost', 'The connection was lost.')
  }

  /** Lets the server say when a picture was captured: it knows our clock by our sender reports only. */
  #keepClock(session: SdpSession): () => void {
    const { url } = session
    if (!this.#address || url === undefined) return () => undefined
    const { signal } = this.#abort
    const time = new URL('api/time', this.#address.server)
    const synchronize = async () => {
      const { offset } = await measureClockOffset(time, { signal })
      await session.post(`${url}/clock`, { offset }, signal)
    }
    const attempt = () => void synchronize().catch(() => undefined) // latency is not shown, then
    attempt()
    const timer = setInterval(attempt, CLOCK_INTERVAL)
    return () => clearInterval(timer)
  }

  #connectAnew(): void {
    this.#link?.lose(new ProblemError('media-changed', 'Another kind of media is to be sent.'))
  }

  #pageHides(): void {
    void this.#session?.close()
    this.#link?.lose(new ProblemError('page-hidden', 'The page was left.')) // one that is shown again comes back
  }

  #hangUp(): void {
    if (!this.#peer) return
    this.#media.forget(this.#peer)
    this.#peer.close()
    this.#peer = undefined
  }
}

function closedHere(): ProblemError {
  return new ProblemError('closed', 'Closed by this page.')
}
