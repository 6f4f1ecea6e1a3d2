import type { Role, Scope } from '../../core/identity.ts'
import type { ApiKey } from '../../core/people/api-key-store.ts'
import type { Invitation } from '../../core/people/invitation-store.ts'
import type { SignIn } from '../../core/people/sign-in-store.ts'
import type { User, UserChanges } from '../../core/people/user-store.ts'

/** Rows as they are stored; times are milliseconds since the epoch. `totp_step` is the last one used. */
export type UserRow = {
  id: string
  email: string
  name: string
  /** In lower case, for search and order. */
  folded_name: string
  role: Role
  password_hash: string | null
  totp: string | null
  totp_pending: string | null
  totp_step: number
  created_at: number
  seen_at: number | null
  disabled_at: number | null
}

export type RecoveryCodeRow = { user_id: string; hash: string }

export type SignInRow = {
  id: string
  user_id: string
  token_hash: string
  created_at: number
  seen_at: number
  address: string
  agent: string
}

/** `scopes` are separated by spaces. */
export type ApiKeyRow = {
  id: string
  user_id: string
  name: string
  scopes: string
  hash: string
  prefix: string
  created_at: number
  used_at: number | null
  expires_at: number | null
}

export type InvitationRow = {
  id: string
  token_hash: string
  role: Role
  email: string | null
  created_by: string
  created_at: number
  expires_at: number
}

export type ResetLinkRow = { token_hash: string; user_id: string; expires_at: number }

export function userOf(row: UserRow): User {
  const { id, email, name, role, totp } = row
  return {
    ...{ id, email, name, role, totp },
    passwordHash: row.password_hash,
    totpPending: row.totp_pending,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    disabledAt: row.disabled_at,
  }
}

/** Only what changes. */
export function userChangesOf(changes: UserChanges): Partial<UserRow> {
  const { passwordHash, totpPending, seenAt, disabledAt, ...same } = changes
  return {
    ...same,
    ...(same.name !== undefined && { folded_name: same.name.toLowerCase() }),
    ...(passwordHash !== undefined && { password_hash: passwordHash }),
    ...(totpPending !== undefined && { totp_pending: totpPending }),
    ...(seenAt !== undefined && { seen_at: seenAt }),
    ...(disabledAt !== undefined && { disabled_at: disabledAt }),
  }
}

export function userRowOf(user: User): UserRow {
  const { id, email, name, role, totp } = user
  return {
    ...{ id, email, name, role, totp },
    folded_name: name.toLowerCase(),
    password_hash: user.passwordHash,
    totp_pending: user.totpPending,
    totp_step: 0,
    created_at: user.createdAt,
    seen_at: user.seenAt,
    disabled_at: user.disabledAt,
  }
}

export function signInOf({ user_id, token_hash, created_at, seen_at, ...same }: SignInRow): SignIn {
  return { ...same, userId: user_id, tokenHash: token_hash, createdAt: created_at, seenAt: seen_at }
}

export function signInRowOf({ userId, tokenHash, createdAt, seenAt, ...same }: SignIn): SignInRow {
  return { ...same, user_id: userId, token_hash: tokenHash, created_at: createdAt, seen_at: seenAt }
}

export function apiKeyOf({ user_id, scopes, created_at, used_at, expires_at, ...same }: ApiKeyRow): ApiKey {
  return {
    ...same,
    userId: user_id,
    scopes: scopes === '' ? [] : (scopes.split(' ') as Scope[]),
    createdAt: created_at,
    usedAt: used_at,
    expiresAt: expires_at,
  }
}

export function apiKeyRowOf({ userId, scopes, createdAt, usedAt, expiresAt, ...same }: ApiKey): ApiKeyRow {
  return {
    ...same,
    user_id: userId,
    scopes: scopes.join(' '),
    created_at: createdAt,
    used_at: usedAt,
    expires_at: expiresAt,
  }
}

export function invitationOf(row: InvitationRow): Invitation {
  const { token_hash, created_by, created_at, expires_at, ...same } = row
  return {
    ...same,
    tokenHash: token_hash,
    createdBy: created_by,
    createdAt: created_at,
    expiresAt: expires_at,
  }
}

export function invitationRowOf(invitation: Invitation): InvitationRow {
  const { tokenHash, createdBy, createdAt, expiresAt, ...same } = invitation
  return {
    ...same,
    token_hash: tokenHash,
    created_by: createdBy,
    created_at: createdAt,
    expires_at: expiresAt,
  }
}
