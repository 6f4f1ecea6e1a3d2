import type { Broadcast } from '../../core/broadcast.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { CloseReason } from '../../core/ports.ts'
import type { Sessions } from './sessions.ts'
import { closeCodeOfReason } from '../close-codes.ts'
import type { SignallingConnection } from './signalling-connection.ts'
import type { Candidate, RelayedMessage, Role } from './signalling-messages.ts'
import { addCandidates } from './trickle.ts'
import { parseCandidate } from './trickle-fragment.ts'
import type { WebRtcSession } from './webrtc-session.ts'

export type ForwardedPeerOptions = {
  broadcast: Broadcast
  role: Role
  address: string
  userId?: string | undefined
  connection: SignallingConnection
  sessions: Sessions
}

/** A client of a broadcast with `sfu` delivery: it offers, a media host answers. A new offer replaces its session. */
export class ForwardedPeer {
  readonly #options: ForwardedPeerOptions
  #session: WebRtcSession | undefined

  constructor(options: ForwardedPeerOptions) {
    this.#options = options
    void options.connection.closed.then(() => this.#session?.close('ended'))
  }

  /** Rejects with whatever the offer or the candidate is refused for. */
  async receive(message: RelayedMessage & { readonly to?: string }): Promise<void> {
    if (message.to !== undefined)
      throw new BroadcastError('not-allowed', 'here the server answers: there is nobody to write to')
    if (message.type === 'candidate') return this.#addCandidate(message.candidate)
    if (message.type === 'answer')
      throw new BroadcastError('bad-request', 'here the client offers and the server answers')
    return this.#offered(message.sdp)
  }

  async #offered(offer: string): Promise<void> {
    const { broadcast, role, address, userId, connection, sessions } = this.#options
    const previous = this.#session
    this.#session = undefined
    await previous?.close('replaced')
    const request = { broadcast, door: 'signalling', address, userId, offer } as const
    const { session, sdp } = await (role === 'broadcaster'
      ? sessions.publish(request)
      : sessions.watch(request))
    this.#session = session
    if (!connection.open) return session.close('ended') // it left while we negotiated
    void session.closed.then((reason) => this.#sessionGone(session, reason))
    session.on('captureClock', ({ rtpTimestamp, capturedAt }) =>
      connection.send({ type: 'clock', rtpTimestamp, capturedAt }),
    )
    connection.send({ type: 'answer', sdp })
  }

  async #addCandidate(candidate: Candidate): Promise<void> {
    const attribute = typeof candidate === 'object' ? (candidate?.candidate ?? '') : candidate
    if (attribute === '') return // end of candidates
    if (!this.#session) throw new BroadcastError('session-not-found', 'a candidate needs an offer before it')
    await addCandidates(this.#session, [parseCandidate(attribute)])
  }

  #sessionGone(session: WebRtcSession, reason: CloseReason): void {
    if (this.#session !== session) return
    this.#session = undefined
    const { connection } = this.#options
    const code = closeCodeOfReason(reason)
    if (code !== undefined) connection.close(code)
    else
      connection.send({
        type: 'error',
        code: 'session-closed',
        message: `the media connection is gone (${reason}): send a new offer`,
      })
  }
}
