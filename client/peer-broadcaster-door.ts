import type { PublicationStage, PublisherDoor } from './live-publication.ts'
import { newPeer } from './new-peer.ts'
import { PeerLink } from './peer-link.ts'
import { ProblemError } from './problem-error.ts'
import { publicationStatistics } from './publication-statistics.ts'
import type { Bearer } from './sdp-session.ts'
import { type ServerMessage, Signalling } from './signalling.ts'
import type { PublicationStatistics } from './statistics.ts'
import { sampleStats } from './stats-sampler.ts'
import type { Connection } from './stay-connected.ts'

/** How long viewers of a signalling connection that was lost may still watch, while they join anew. */
const REJOIN_WITHIN = 5000
/** Viewers of sound alone report every five seconds. */
const SILENT_FOR = 6000

type Viewer = {
  readonly peer: RTCPeerConnection
  readonly link: PeerLink
  statistics?: PublicationStatistics
  /** Candidates may overtake the answer they belong to. */
  answered: Promise<void> | undefined
}
type Viewers = Map<string, Viewer>

/** Sends media to each viewer directly; the server only introduces them. */
export class PeerBroadcasterDoor implements PublisherDoor {
  readonly #url: URL
  readonly #bearer: Bearer
  readonly #iceServers: RTCIceServer[]
  #goodbye = new AbortController()
  #signalling: Signalling | undefined
  #viewers: Viewers = new Map()

  constructor(url: URL, { key, iceServers = [] }: { key?: Bearer; iceServers?: RTCIceServer[] | undefined }) {
    this.#url = url
    this.#bearer = key
    this.#iceServers = iceServers
  }

  async connect(stage: PublicationStage, signal: AbortSignal): Promise<Connection> {
    const options = { role: 'broadcaster' as const, bearer: this.#bearer, signal }
    const signalling = await Signalling.open(this.#url, options)
    signalling.assertPeerToPeer()
    this.#signalling = signalling
    if (this.#goodbye.signal.aborted) this.#goodbye = new AbortController() // a page that is shown again
    this.#replaceViewers()
    stage.live()
    signalling.listen((message) => this.#receive(message, { stage, signalling }))
    const timer = setInterval(() => stage.measured(this.#statistics()), 1000)
    const lost = signalling.lost.then((problem) => {
      clearInterval(timer)
      stage.measured(undefined)
      if (problem.code !== 'broadcast-ended') return problem
      return new ProblemError('stopped', 'The broadcast was stopped on the server.', { final: true })
    })
    return { lost }
  }

  lose(): void {
    this.#signalling?.close()
  }

  async leave(): Promise<void> {
    this.#goodbye.abort()
    this.#signalling?.close()
  }

  #replaceViewers(): void {
    const before = this.#viewers
    this.#viewers = new Map()
    if (before.size > 0) setTimeout(() => hangUp(before), REJOIN_WITHIN)
  }

  #receive(
    message: ServerMessage,
    { stage, signalling }: { stage: PublicationStage; signalling: Signalling },
  ): void {
    if (message.type === 'viewer-joined')
      void this.#invite(message.peerId, stage, signalling).catch(() => undefined)
    else if (message.type === 'viewer-left') this.#forget(message.peerId)
    else if (message.type === 'answer') {
      const viewer = this.#viewers.get(message.from)
      if (viewer) viewer.answered = viewer.peer.setRemoteDescription({ type: 'answer', sdp: message.sdp })
      void viewer?.answered?.catch(() => this.#forget(message.from))
    } else if (message.type === 'candidate') {
      const viewer = this.#viewers.get(message.from)
      const { candidate } = message
      void viewer?.answered?.then(() => viewer.peer.addIceCandidate(candidate)).catch(() => undefined) // one way less
    }
  }

  async #invite(peerId: string, stage: PublicationStage, signalling: Signalling): Promise<void> {
    this.#forget(peerId)
    const peer = newPeer([...this.#iceServers, ...signalling.welcome.iceServers])
    const viewer: Viewer = {
      peer,
      link: new PeerLink(peer, { signal: this.#goodbye.signal, silentFor: SILENT_FOR }),
      answered: undefined,
    }
    this.#viewers.set(peerId, viewer)
    peer.onicecandidate = ({ candidate }) => signalling.send({ type: 'candidate', candidate, to: peerId })
    const stopSampling = sampleStats(peer, (reading) => {
      viewer.statistics = publicationStatistics(reading)
    })
    void viewer.link.lost.then(() => {
      stopSampling()
      stage.media.forget(peer)
      peer.close()
      if (this.#viewers.get(peerId) === viewer) this.#viewers.delete(peerId) // a viewer that is still there joins anew
    })
    stage.media.sendOver(peer)
    await peer.setLocalDescription()
    signalling.send({ type: 'offer', sdp: peer.localDescription?.sdp ?? '', to: peerId })
  }

  #forget(peerId: string): void {
    this.#viewers.get(peerId)?.link.lose(new ProblemError('viewer-left', 'The viewer left.'))
  }

  #statistics(): PublicationStatistics | undefined {
    const all = [...this.#viewers.values()].flatMap(({ statistics }) => statistics ?? [])
    return all.length === 0 ? undefined : together(all)
  }
}

/** Rates add up; the worst viewer tells about the path, the best about the picture. */
function together(all: readonly PublicationStatistics[]): PublicationStatistics {
  const best = all.reduce((a, b) => (b.width * b.framesPerSecond > a.width * a.framesPerSecond ? b : a))
  const roundTrips = all.flatMap(({ roundTrip }) => roundTrip ?? [])
  return {
    ...best,
    bitrate: all.reduce((total, { bitrate }) => total + bitrate, 0),
    loss: Math.max(...all.map(({ loss }) => loss)),
    roundTrip: roundTrips.length > 0 ? Math.max(...roundTrips) : null,
  }
}

function hangUp(viewers: Viewers): void {
  for (const { link } of viewers.values()) link.lose(new ProblemError('closed', 'Closed by this page.'))
  viewers.clear()
}
