/** A STUN or TURN server as browsers take it (RTCIceServer). */
export type IceServer = {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}
