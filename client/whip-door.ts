import { type BroadcastAddress, broadcastAddress } from './broadcast-address.ts'
import { measureClockOffset } from './clock-sync.ts'
import type { PublicationStage, PublisherDoor } from './live-publication.ts'
import { newPeer } from './new-peer.ts'
import { OwnBroadcast } from './own-broadcast.ts'
import { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import type { PublishOptions } from './publication.ts'
import { publicationStatistics } from './publication-statistics.ts'
import { type Bearer, SdpSession } from './sdp-session.ts'
import { sampleStats } from './stats-sampler.ts'
import type { Connection } from './stay-connected.ts'
import { gatherCandidates, needsTrickle } from './trickle.ts'

/** Clocks drift by some milliseconds in this time. */
const SYNCHRONIZE_EVERY = 300_000

/** Servers report what they receive about once a second. */
const SILENT_FOR = 2200

/** Sends media to a server by WHIP (RFC 9725). */
export class WhipDoor implements PublisherDoor {
  readonly #url: URL
  readonly #bearer: Bearer
  readonly #address: BroadcastAddress | undefined
  readonly #events: boolean
  #iceServers: RTCIceServer[]
  #session: SdpSession | undefined
  #link: PeerLink | undefined
  #hangUp: () => void = () => undefined
  #broadcast: OwnBroadcast | undefined

  constructor(url: URL, { key, iceServers = [], events = true }: PublishOptions) {
    this.#url = url
    this.#bearer = key
    this.#address = broadcastAddress(url)
    this.#iceServers = iceServers
    this.#events = events
  }

  async connect(stage: PublicationStage, signal: AbortSignal): Promise<Connection> {
    await this.#assertNotStopped()
    await this.#session?.close() // the place of publisher must be free
    const peer = newPeer(this.#iceServers)
    this.#hangUp = () => {
      stage.media.forget(peer)
      peer.close()
    }
    try {
      return await this.#negotiate(peer, stage, signal)
    } catch (error) {
      if (!signal.aborted) void this.leave()
      throw error
    }
  }

  lose(problem: ProblemError): void {
    this.#link?.lose(problem)
  }

  async leave(): Promise<void> {
    await this.#session?.close() // first, or the server takes it for a loss
    this.#hangUp()
  }

  async #negotiate(
    peer: RTCPeerConnection,
    stage: PublicationStage,
    signal: AbortSignal,
  ): Promise<Connection> {
    const candidates = needsTrickle(this.#iceServers) ? gatherCandidates(peer) : undefined
    stage.media.sendOver(peer)
    await peer.setLocalDescription()
    // At once, without candidates: the server learns ours from the checks we send to its own.
    const offer = peer.localDescription?.sdp ?? ''
    const session = await SdpSession.open(this.#url, offer, { bearer: this.#bearer, signal })
    this.#session = session
    if (session.iceServers.length > 0) this.#iceServers = [...session.iceServers]
    const link = new PeerLink(peer, { signal, silentFor: SILENT_FOR })
    this.#link = link
    try {
      await peer.setRemoteDescription({ type: 'answer', sdp: session.answer })
    } catch (cause) {
      link.lose(new ProblemError('bad-answer', 'The browser refused the answer of the server.', { cause }))
    }
    candidates?.sendTo(session, signal)
    await link.connected

    stage.live()
    const stopSampling = sampleStats(peer, (reading) => stage.measured(publicationStatistics(reading)))
    this.#follow(link, signal)
    const stopClock = this.#keepClock(session, signal)
    const lost = link.lost.then((problem) => {
      stopSampling()
      stopClock()
      stage.measured(undefined)
      if (!signal.aborted) void this.leave()
      return problem
    })
    return { lost }
  }

  /** An administrator's word counts; a loss does not. */
  async #assertNotStopped(): Promise<void> {
    const stopped = await this.#broadcast?.stopped()
    this.#broadcast?.close()
    this.#broadcast = undefined
    if (stopped) throw stoppedThere()
  }

  #follow(link: PeerLink, signal: AbortSignal): void {
    if (!this.#address || !this.#events) return
    const broadcast = new OwnBroadcast(this.#address, {
      onStopped: () => link.lose(stoppedThere()),
      onForgotten: () => link.lose(new ProblemError('connection-lost', 'The server lost the connection.')),
      onSilent: () => link.probe(),
    })
    this.#broadcast = broadcast
    signal.addEventListener('abort', () => broadcast.close(), { once: true })
  }

  /** Lets the server say when a picture was captured: it knows our clock by our sender reports only. */
  #keepClock(session: SdpSession, signal: AbortSignal): () => void {
    const { url } = session
    if (!this.#address || url === undefined) return () => undefined
    const time = new URL('api/time', this.#address.server)
    const synchronize = async () => {
      const { offset } = await measureClockOffset(time, { signal })
      await session.post(`${url}/clock`, { offset }, signal)
    }
    const attempt = () => void synchronize().catch(() => undefined) // latency is not shown, then
    attempt()
    const timer = setInterval(attempt, SYNCHRONIZE_EVERY)
    return () => clearInterval(timer)
  }
}

function stoppedThere(): ProblemError {
  return new ProblemError('stopped', 'The broadcast was stopped on the server.', { final: true })
}
