import type { Role } from '../identity.ts'

/** A link by which somebody may make an account. It is gone once used. Times are milliseconds since the epoch. */
export type Invitation = {
  readonly id: string
  readonly tokenHash: string
  readonly role: Role
  /** Whom it was sent to; null for whoever has the link. */
  readonly email: string | null
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** Keeps invitations. */
export interface InvitationStore {
  insert(invitation: Invitation): Promise<void>
  findByToken(tokenHash: string): Promise<Invitation | undefined>
  /** Newest first. */
  list(page: {
    offset: number
    limit: number
  }): Promise<{ invitations: readonly Invitation[]; total: number }>
  /** False when it was not there: whoever removes it is the one who may use it. */
  remove(id: string): Promise<boolean>
  removeExpired(now: number): Promise<void>
}
