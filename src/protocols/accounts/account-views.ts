import { type Static, Type } from 'typebox'
import type { ApiKey } from '../../core/people/api-key-store.ts'
import type { Invitation } from '../../core/people/invitation-store.ts'
import { LONGEST_PASSWORD } from '../../core/people/passwords.ts'
import type { SignIn } from '../../core/people/sign-in-store.ts'
import type { User } from '../../core/people/user-store.ts'
import { LONGEST_EMAIL, LONGEST_NAME } from '../../core/people/users.ts'

const Time = Type.String({ format: 'date-time' })
const OrNull = <Kind extends Type.TSchema>(kind: Kind) => Type.Union([kind, Type.Null()])
const iso = (time: number) => new Date(time).toISOString()
const isoOrNull = (time: number | null) => (time === null ? null : iso(time))

export const RoleSchema = Type.Union([
  Type.Literal('admin'),
  Type.Literal('broadcaster'),
  Type.Literal('viewer'),
])
export const ScopeSchema = Type.Union([
  Type.Literal('broadcasts'),
  Type.Literal('watch'),
  Type.Literal('library'),
  Type.Literal('admin'),
])

/** What people type. Longer than anything valid, for the reason to be told in words. */
export const Email = Type.String({ minLength: 1, maxLength: 2 * LONGEST_EMAIL })
export const Name = Type.String({ minLength: 1, maxLength: 4 * LONGEST_NAME })
export const Password = Type.String({ minLength: 1, maxLength: 4 * LONGEST_PASSWORD })
export const Token = Type.String({ minLength: 1, maxLength: 256, description: 'Of the link.' })

export const UserViewSchema = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  secondFactor: Type.Boolean(),
  hasPassword: Type.Boolean(),
  createdAt: Time,
  seenAt: OrNull(Time),
  disabledAt: OrNull(Time),
})

/** An account as itself and administrators see it. */
export function userView(user: User): Static<typeof UserViewSchema> {
  const { id, email, name, role, passwordHash, totp, createdAt, seenAt, disabledAt } = user
  return {
    ...{ id, email, name, role },
    secondFactor: totp !== null,
    hasPassword: passwordHash !== null,
    createdAt: iso(createdAt),
    seenAt: isoOrNull(seenAt),
    disabledAt: isoOrNull(disabledAt),
  }
}

export const SignInViewSchema = Type.Object({
  id: Type.String(),
  current: Type.Boolean({ description: 'The browser that asks.' }),
  address: Type.String(),
  agent: Type.String({ description: 'What the browser calls itself.' }),
  createdAt: Time,
  seenAt: Time,
})

export function signInView(signIn: SignIn, currentId: string): Static<typeof SignInViewSchema> {
  const { id, address, agent, createdAt, seenAt } = signIn
  return { id, current: id === currentId, address, agent, createdAt: iso(createdAt), seenAt: iso(seenAt) }
}

export const ApiKeyViewSchema = Type.Object({
  id: Type.String(),
  userId: Type.String(),
  name: Type.String(),
  scopes: Type.Array(ScopeSchema),
  prefix: Type.String({ description: 'How the key begins.' }),
  createdAt: Time,
  usedAt: OrNull(Time),
  expiresAt: OrNull(Time),
})

export function apiKeyView(key: ApiKey): Static<typeof ApiKeyViewSchema> {
  const { id, userId, name, scopes, prefix, createdAt, usedAt, expiresAt } = key
  return {
    ...{ id, userId, name, scopes: [...scopes], prefix },
    createdAt: iso(createdAt),
    usedAt: isoOrNull(usedAt),
    expiresAt: isoOrNull(expiresAt),
  }
}

export const InvitationViewSchema = Type.Object({
  id: Type.String(),
  role: RoleSchema,
  email: OrNull(Type.String()),
  createdAt: Time,
  expiresAt: Time,
})

export function invitationView(invitation: Invitation): Static<typeof InvitationViewSchema> {
  const { id, role, email, createdAt, expiresAt } = invitation
  return { id, role, email, createdAt: iso(createdAt), expiresAt: iso(expiresAt) }
}
