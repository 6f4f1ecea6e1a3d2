/** A link by which somebody may choose a new password, once. */
export type ResetLink = {
  readonly tokenHash: string
  readonly userId: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Keeps links for new passwords. */
export interface ResetLinkStore {
  insert(link: ResetLink): Promise<void>
  find(tokenHash: string): Promise<ResetLink | undefined>
  /** False when it was not there: whoever removes it is the one who may use it. */
  remove(tokenHash: string): Promise<boolean>
  removeOf(userId: string): Promise<void>
  removeExpired(now: number): Promise<void>
}
