import type { CloseReason } from './ports.ts'

/** What the peer's SDP says about its transport (RFC 8839, RFC 8842). */
export type TransportDescription = {
  readonly iceUfrag: string
  readonly icePwd: string
  /** As in `a=fingerprint`: hash name, space, colon-separated hexadecimal. */
  readonly fingerprint: string
  readonly setup: 'actpass' | 'active' | 'passive'
  /** Values of `a=candidate`, without that prefix. */
  readonly candidates: readonly string[]
}

/**
 * One peer's ICE + DTLS + SRTP connection, used as a pipe: every RTP and RTCP packet of the peer in,
 * any RTP and RTCP packet out. It knows nothing of m-lines, codecs or SSRCs.
 */
export interface MediaPipe {
  /** What our answer says; candidates are complete. */
  readonly local: TransportDescription
  readonly state: 'connecting' | 'connected' | 'closed'
  /**
   * Protects and sends at once; the buffer may be reused afterwards. Hot path: allocates nothing and
   * never throws. False when the packet was not sent.
   */
  send(packet: Buffer): boolean
  /** A remote candidate that arrived later; one that cannot be resolved is ignored. */
  addRemoteCandidate(candidate: string): void
  /** Set before awaiting anything after `accept`. The buffer belongs to the receiver. */
  onPacket: ((packet: Buffer) => void) | undefined
  /** Settles true once media can flow, false if the pipe closed before that. Never rejects. */
  readonly connected: Promise<boolean>
  /** Settles once, when the pipe is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<CloseReason>
  /** Any number of times. */
  close(reason?: CloseReason): Promise<void>
}

/** Makes pipes. One per media process, one UDP port for all its peers. */
export interface WebRtcTransport extends AsyncDisposable {
  /** Rejects with `bad-offer` when the description cannot be used, `overloaded` when no pipe can be made. */
  accept(remote: TransportDescription): Promise<MediaPipe>
}
