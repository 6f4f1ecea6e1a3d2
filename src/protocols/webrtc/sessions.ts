import type { Broadcast } from '../../core/broadcast.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import { BroadcastError } from '../../core/errors.ts'
import { hlsOnly, isStored } from '../../core/provision/stored-publisher.ts'
import { framesOnly, isFramesOnly, withoutFrames } from '../../core/frames-only.ts'
import type { MediaHost, MediaHosts, SessionAnswer } from '../../core/media-host.ts'
import type { CloseReason, Logger } from '../../core/ports.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Door } from '../../core/session.ts'
import { Admission, type AdmissionLimits } from './admission.ts'
import { WebRtcSession } from './webrtc-session.ts'

export type SessionsOptions = {
  broadcasts: Broadcasts
  hosts: MediaHosts
  secrets: Pick<Secrets, 'newId'>
  logger: Logger
  limits?: Partial<SessionLimits>
}

export type SessionLimits = {
  /** Sessions that have been answered and have not connected yet. */
  readonly connecting: AdmissionLimits
  /** All sessions of this process. */
  readonly total: number
}

export type SessionRequest = {
  broadcast: Broadcast
  door: Door
  address: string
  offer: string
  /** See `Session`. */
  userId?: string | undefined
  preview?: boolean
}

/** A session and the answer its peer waits for. */
export type Accepted = { readonly session: WebRtcSession; readonly sdp: string }

const DEFAULT_LIMITS: SessionLimits = { connecting: { perAddress: 200, total: 2000 }, total: 20_000 }

const BITS_PER_BYTE = 8

/** Every WebRTC session of this process: it brings what the media hosts tell to the broadcasts, and back. */
export class Sessions implements AsyncDisposable {
  readonly #hosts: MediaHosts
  readonly #secrets: Pick<Secrets, 'newId'>
  readonly #logger: Logger
  readonly #admission: Admission
  readonly #maxSessions: number
  readonly #sessions = new Map<string, WebRtcSession>()
  readonly #sessionsOf = new Map<string, Set<WebRtcSession>>()
  /** Hosts that hold media of a broadcast. */
  readonly #hostsOf = new Map<string, Set<MediaHost>>()
  readonly #stopListening: readonly (() => void)[]
  #closing: Promise<void> | undefined

  constructor({ broadcasts, hosts, secrets, logger, limits }: SessionsOptions) {
    const { connecting, total } = { ...DEFAULT_LIMITS, ...limits }
    this.#hosts = hosts
    this.#secrets = secrets
    this.#logger = logger
    this.#admission = new Admission(connecting)
    this.#maxSessions = total
    this.#stopListening = [
      ...this.#listenTo(hosts),
      broadcasts.on('ended', ({ broadcast }) => this.#broadcastEnded(broadcast)),
      broadcasts.on('removed', ({ broadcast }) => this.#broadcastEnded(broadcast)),
    ]
  }

  /** How many there are, connecting or connected. */
  get size(): number {
    return this.#sessions.size
  }

  /** Undefined when there is none, or it is over. */
  find(id: string): WebRtcSession | undefined {
    return this.#sessions.get(id)
  }

  /** Throws `session-not-found`, also for the session of another broadcast or door. */
  get(id: string, { broadcastId, door }: { broadcastId: string; door: Door }): WebRtcSession {
    const session = this.#sessions.get(id)
    if (session?.broadcast.id !== broadcastId || session.door !== door || session.state === 'closed')
      throw new BroadcastError('session-not-found', 'there is no such session, or it is over')
    return session
  }

  /** Rejects as `MediaHost.publish` does, and with `broadcast-taken`, `peer-to-peer-only`, `too-many-requests`. */
  async publish(request: SessionRequest): Promise<Accepted> {
    const { broadcast, offer } = request
    assertForwarded(broadcast)
    broadcast.assertFree()
    const session = this.#admit('publisher', request, this.#hosts.forPublisher(broadcast.id))
    const sdp = await this.#negotiate(
      session,
      session.host.publish({ sessionId: session.id, broadcastId: broadcast.id, offer }),
    )
    try {
      broadcast.attachPublisher(session)
    } catch (error) {
      await session.close('replaced')
      throw error
    }
    if (session.tracks) broadcast.tracksChanged(session, session.tracks)
    if (session.state === 'connected') broadcast.publisherConnected(session)
    return { session, sdp }
  }

  /** Rejects as `MediaHost.watch` does, and with `broadcast-not-live`, `broadcast-ended`, `peer-to-peer-only`. */
  async watch(request: SessionRequest): Promise<Accepted> {
    const { broadcast, offer } = request
    assertForwarded(broadcast)
    broadcast.assertWatchable()
    if (isStored(broadcast)) throw hlsOnly()
    if (isFramesOnly(broadcast)) throw framesOnly()
    const tracks = withoutFrames(broadcast.tracks)
    if (tracks.length === 0)
      throw new BroadcastError('broadcast-not-live', 'its media is not known yet', { retryAfter: 1 })
    const session = this.#admit('viewer', request, this.#hosts.forViewer(broadcast.id))
    const sdp = await this.#negotiate(
      session,
      session.host.watch({ sessionId: session.id, broadcastId: broadcast.id, offer, tracks }),
    )
    if (session.state === 'connected') broadcast.addViewer(session)
    return { session, sdp }
  }

  /** Ends every session; their peers are expected to come back to the next process. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await Promise.allSettled([...this.#sessions.values()].map((session) => session.close('shutdown')))
    for (const stop of this.#stopListening) stop()
  }

  #admit(role: WebRtcSession['role'], request: SessionRequest, host: MediaHost): WebRtcSession {
    if (this.#closing) throw new BroadcastError('overloaded', 'the server is stopping', { retryAfter: 5 })
    if (this.#sessions.size >= this.#maxSessions)
      throw new BroadcastError('overloaded', 'this server is full', { retryAfter: 10 })
    const leave = this.#admission.enter(request.address)
    const session = new WebRtcSession({
      ...request,
      id: this.#secrets.newId(),
      role,
      host,
      etag: `"${this.#secrets.newId()}"`,
      onSettled: leave,
      onListenerError: (error) => this.#logger.error({ error }, 'session listener failed'),
    })
    this.#sessions.set(session.id, session)
    addTo(this.#sessionsOf, request.broadcast.id, session)
    addTo(this.#hostsOf, request.broadcast.id, host)
    void session.closed.then((reason) => this.#sessionGone(session, reason))
    return session
  }

  async #negotiate(session: WebRtcSession, answering: Promise<SessionAnswer>): Promise<string> {
    try {
      const { sdp } = await answering
      if (session.state !== 'closed') {
        session.answered(sdp)
        return sdp
      }
    } catch (error) {
      session.ended('failed')
      throw error
    }
    await session.host.closeSession(session.id, 'ended')
    throw this.#closing
      ? new BroadcastError('overloaded', 'the server is stopping', { retryAfter: 5 })
      : new BroadcastError('broadcast-ended', 'this broadcast has just ended', { retryAfter: 3 })
  }

  #listenTo(hosts: MediaHosts): (() => void)[] {
    return [
      hosts.on('sessionConnected', ({ sessionId }) => {
        const session = this.#sessions.get(sessionId)
        session?.connected()
        if (session?.state !== 'connected') return
        if (session.role === 'publisher') session.broadcast.publisherConnected(session)
        else session.broadcast.addViewer(session)
      }),
      hosts.on('sessionClosed', ({ sessionId, reason }) => this.#sessions.get(sessionId)?.ended(reason)),
      hosts.on('tracksChanged', ({ sessionId, tracks }) => {
        const session = this.#sessions.get(sessionId)
        if (!session) return
        session.tracks = tracks
        session.broadcast.tracksChanged(session, tracks)
      }),
      hosts.on('publisherReported', ({ sessionId, bitrate, loss, layers, warnings }) => {
        const session = this.#sessions.get(sessionId)
        session?.broadcast.publisherReported(session, { bitrate, loss, layers }, warnings)
      }),
      hosts.on('viewerReported', (fact) => {
        const session = this.#sessions.get(fact.sessionId)
        if (!session) return
        session.rid = fact.rid
        session.bytesSent += fact.bitrate / BITS_PER_BYTE // a report is about one second
        session.emit('viewerReported', fact)
      }),
      hosts.on('captureClock', (fact) => this.#sessions.get(fact.sessionId)?.emit('captureClock', fact)),
    ]
  }

  /** Also those that no broadcast counts yet. */
  #broadcastEnded({ id }: Broadcast): void {
    for (const session of this.#sessionsOf.get(id) ?? []) session.ended('ended')
    this.#letGo(id)
  }

  #letGo(id: string): void {
    for (const host of this.#hostsOf.get(id) ?? [])
      host.closeBroadcast(id, 'ended').catch((error: unknown) => {
        this.#logger.warn({ error, broadcast: id, host: host.id }, 'broadcast not closed on its host')
      })
    this.#hostsOf.delete(id)
  }

  #sessionGone(session: WebRtcSession, reason: CloseReason): void {
    const { id, role, door, broadcast } = session
    this.#sessions.delete(id)
    const others = this.#sessionsOf.get(broadcast.id)
    others?.delete(session)
    if (others?.size === 0) {
      this.#sessionsOf.delete(broadcast.id)
      if (broadcast.state === 'created' || broadcast.state === 'ended') this.#letGo(broadcast.id)
    }
    this.#logger.info({ broadcast: broadcast.id, role, door, reason }, 'session closed')
  }
}

function assertForwarded(broadcast: Broadcast): void {
  if (broadcast.record.delivery === 'p2p')
    throw new BroadcastError(
      'peer-to-peer-only',
      'the media of this broadcast flows between browsers: use its page, or create one with delivery "sfu"',
    )
}

function addTo<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const values = map.get(key)
  if (values) values.add(value)
  else map.set(key, new Set([value]))
}
