/** One RTP format of a media section (RFC 8866 §6.6, §6.15; RFC 4585 §4.2). */
export type RtpFormat = {
  readonly payloadType: number
  /** Encoding name as written, for example `H264`. */
  name: string
  clockRate: number
  channels: number
  fmtp: string
  readonly feedback: string[]
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
export type Setup = 'actpass' | 'active' | 'passive'

/** One m-line and what follows it. */
export type MediaSection = {
  readonly kind: string
  readonly port: number
  readonly protocol: string
  /** In the peer's order of preference. */
  readonly formats: RtpFormat[]
  /** As written after the protocol. */
  readonly formatList: string
  mid: string
  direction: Direction
  readonly extensions: { readonly id: number; readonly uri: string }[]
  readonly ssrcs: number[]
  readonly rids: { readonly id: string; readonly direction: string }[]
  /** Value of `a=simulcast`, '' without one. */
  simulcast: string
  readonly candidates: string[]
}

/** A peer's description, with the transport that its bundled sections share. */
export type SessionDescription = {
  readonly iceUfrag: string
  readonly icePwd: string
  readonly fingerprint: string
  readonly setup: Setup
  readonly candidates: readonly string[]
  readonly media: readonly MediaSection[]
}

/** Text that is not a usable session description; the message says why. */
export class SdpError extends Error {
  override readonly name = 'SdpError'
}
