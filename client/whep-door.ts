import type { ViewerDoor, ViewingStage } from './live-viewing.ts'
import { newPeer } from './new-peer.ts'
import { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import { SdpSession } from './sdp-session.ts'
import { hearSession } from './session-events.ts'
import type { Connection } from './stay-connected.ts'
import { gatherCandidates, needsTrickle } from './trickle.ts'
import type { LayerChoice, WatchOptions } from './viewing.ts'

const LAYER_RELATION = 'urn:ietf:params:whep:ext:core:layer'

/** Receives media from a server by WHEP (draft-ietf-wish-whep). */
export class WhepDoor implements ViewerDoor {
  readonly #url: URL
  readonly #options: WatchOptions
  #iceServers: RTCIceServer[]
  #session: SdpSession | undefined
  #peer: RTCPeerConnection | undefined
  #link: PeerLink | undefined

  constructor(url: URL, options: WatchOptions) {
    this.#url = url
    this.#options = options
    this.#iceServers = options.iceServers ?? []
  }

  async connect(stage: ViewingStage, signal: AbortSignal): Promise<Connection> {
    const peer = newPeer(this.#iceServers)
    const candidates = needsTrickle(this.#iceServers) ? gatherCandidates(peer) : undefined
    let session: SdpSession
    try {
      session = await this.#ask(peer, signal)
    } catch (error) {
      peer.close()
      throw error
    }
    const link = new PeerLink(peer, { signal })
    this.#session = session
    this.#peer = peer
    this.#link = link
    stage.show(peer)
    const lost = link.lost.then((problem) => {
      void session.close() // so that the server need not wait for our silence
      return problem
    })
    try {
      await peer.setRemoteDescription({ type: 'answer', sdp: session.answer })
    } catch (cause) {
      link.lose(new ProblemError('bad-answer', 'The browser refused the answer of the server.', { cause }))
    }
    candidates?.sendTo(session, signal)
    await link.connected

    stage.connected(peer, link)
    if (this.#options.events !== false) void hearSession(session, stage, link).catch(() => undefined) // goes on without
    if (Object.keys(stage.choice).length > 0)
      void this.chooseLayer(stage.choice, signal).catch(() => undefined) // this layer is gone
    return { lost }
  }

  async chooseLayer(choice: LayerChoice, signal: AbortSignal): Promise<void> {
    if (!this.#session) return // told once there is one
    const link = this.#session.links.find(({ rel }) => rel === LAYER_RELATION)
    if (!link)
      throw new ProblemError('no-layers', 'This server offers no choice of quality.', { final: true })
    const video = this.#peer?.getTransceivers().find(({ receiver }) => receiver.track.kind === 'video')
    await this.#session.post(link.url, { mediaId: video?.mid ?? undefined, ...choice }, signal)
  }

  lose(problem: ProblemError): void {
    this.#link?.lose(problem)
  }

  async leave(): Promise<void> {
    await this.#session?.close()
  }

  async #ask(peer: RTCPeerConnection, signal: AbortSignal): Promise<SdpSession> {
    const { media = 'both', token } = this.#options
    if (media !== 'audio') peer.addTransceiver('video', { direction: 'recvonly' })
    if (media !== 'video') peer.addTransceiver('audio', { direction: 'recvonly' })
    await peer.setLocalDescription()
    // At once, without candidates: the server learns ours from the checks we send to its own.
    const offer = peer.localDescription?.sdp ?? ''
    const session = await SdpSession.open(this.#url, offer, { bearer: token, signal })
    if (session.iceServers.length > 0) this.#iceServers = [...session.iceServers]
    return session
  }
}
