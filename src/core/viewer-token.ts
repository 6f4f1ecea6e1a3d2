/** What a viewer token says. */
export type ViewerTokenClaims = {
  /** By which it can be taken back. */
  readonly id: string
  readonly broadcastId: string
  /** For whom it is, in its maker's words. */
  readonly subject: string
  /** Milliseconds, whole seconds. */
  readonly expiresAt: number
}

/** Makes and reads viewer tokens, which nobody else can make. */
export interface ViewerTokens {
  sign(claims: ViewerTokenClaims): Promise<string>
  /** Undefined for everything that was not made here. Whether it has expired or was taken back is not its business. */
  read(token: string): Promise<ViewerTokenClaims | undefined>
}
