import type { ViewerDoor, ViewingStage } from './live-viewing.ts'
import { newPeer } from './new-peer.ts'
import { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import type { Bearer } from './sdp-session.ts'
import { type PeerMessage, type ServerMessage, Signalling } from './signalling.ts'
import type { Connection } from './stay-connected.ts'

/** A broadcaster who is there offers at once. */
const OFFER_WITHIN = 8000

/** The one connection to the broadcaster. */
type Invitation = { readonly from: string; readonly peer: RTCPeerConnection; readonly ready: Promise<void> }

/** Receives media from the broadcaster directly; the server only introduces them. */
export class PeerViewerDoor implements ViewerDoor {
  readonly #url: URL
  readonly #bearer: Bearer
  readonly #iceServers: RTCIceServer[]
  #signalling: Signalling | undefined
  #link: PeerLink | undefined
  #invitation: Invitation | undefined
  #lose: (problem: ProblemError) => void = () => undefined
  #patience: ReturnType<typeof setTimeout> | undefined
  #live = false

  constructor(
    url: URL,
    { token, iceServers = [] }: { token?: Bearer; iceServers?: RTCIceServer[] | undefined },
  ) {
    this.#url = url
    this.#bearer = token
    this.#iceServers = iceServers
  }

  async connect(stage: ViewingStage, signal: AbortSignal): Promise<Connection> {
    const options = { role: 'viewer' as const, bearer: this.#bearer, signal }
    const signalling = await Signalling.open(this.#url, options)
    signalling.assertPeerToPeer()
    const lost = Promise.withResolvers<ProblemError>()
    this.#signalling = signalling
    this.#lose = lost.resolve
    this.#link = undefined
    signalling.listen((message) => this.#receive(message, stage, signal))
    void signalling.lost.then(lost.resolve)
    return {
      lost: lost.promise.then((problem) => {
        clearTimeout(this.#patience)
        signalling.close()
        this.#link?.lose(problem)
        return problem
      }),
    }
  }

  async chooseLayer(): Promise<void> {
    throw new ProblemError('no-layers', 'A broadcaster sends one quality to its viewers.', { final: true })
  }

  lose(problem: ProblemError): void {
    this.#lose(problem)
  }

  async leave(): Promise<void> {
    this.#signalling?.close()
  }

  #receive(message: ServerMessage, stage: ViewingStage, signal: AbortSignal): void {
    if (message.type === 'state') {
      this.#live = message.state === 'live'
      stage.countedViewers(message.viewers)
      stage.broadcastIs(message.state)
      if (this.#live) this.#expectOffer()
      else clearTimeout(this.#patience)
    } else if (message.type === 'offer') void this.#accept(message, stage, signal)
    else if (message.type === 'candidate') {
      const { from, candidate } = message
      const { peer, ready, from: broadcaster } = this.#invitation ?? {}
      if (from === broadcaster)
        void ready?.then(() => peer?.addIceCandidate(candidate)).catch(() => undefined)
    }
  }

  async #accept(
    { from, sdp }: PeerMessage & { type: 'offer' },
    stage: ViewingStage,
    signal: AbortSignal,
  ): Promise<void> {
    const signalling = this.#signalling
    if (!signalling) return
    clearTimeout(this.#patience)
    const before = this.#link
    const peer = newPeer([...this.#iceServers, ...signalling.welcome.iceServers])
    const link = new PeerLink(peer, { signal })
    this.#link = link
    before?.lose(new ProblemError('replaced', 'The broadcaster offered anew.'))
    stage.show(peer)
    peer.onicecandidate = ({ candidate }) => signalling.send({ type: 'candidate', candidate, to: from })
    void link.lost.then((problem) => {
      if (this.#link === link) this.#mediaLost(problem)
    })
    const ready = peer.setRemoteDescription({ type: 'offer', sdp })
    this.#invitation = { from, peer, ready }
    try {
      await ready
      await peer.setLocalDescription()
      signalling.send({ type: 'answer', sdp: peer.localDescription?.sdp ?? '', to: from })
      await link.connected
      stage.connected(peer, link)
    } catch (cause) {
      link.lose(new ProblemError('bad-offer', 'The browser refused the offer of the broadcaster.', { cause }))
    }
  }

  /** Without a broadcaster there is nobody to connect to: its return comes with a new offer. */
  #mediaLost(problem: ProblemError): void {
    this.#link = undefined
    if (this.#live) this.#lose(problem)
  }

  #expectOffer(): void {
    if (this.#link) return
    clearTimeout(this.#patience)
    this.#patience = setTimeout(() => {
      this.#lose(new ProblemError('no-offer', 'The broadcaster does not answer.'))
    }, OFFER_WITHIN)
  }
}
