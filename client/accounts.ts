import { type ApiAccess, call, json, queryOf } from './api.ts'

/** `admin` may do everything, `broadcaster` makes broadcasts, `viewer` watches. */
export type Role = 'admin' | 'broadcaster' | 'viewer'

/** What an API key is limited to. */
export type Scope = 'broadcasts' | 'watch' | 'library' | 'admin'

/** An account. Times are ISO 8601 in UTC. */
export type Account = {
  id: string
  email: string
  name: string
  role: Role
  secondFactor: boolean
  /** False until one was chosen by a link. */
  hasPassword: boolean
  createdAt: string
  seenAt: string | null
  disabledAt: string | null
}

/** What one makes an account with. */
export type NewAccount = { email: string; name: string; password: string }

/** A browser in which somebody is signed in. */
export type SignedInBrowser = {
  id: string
  /** The one that asks. */
  current: boolean
  address: string
  /** What it calls itself. */
  agent: string
  createdAt: string
  seenAt: string
}

/** What a program signs in with; of the key itself only the beginning is known. */
export type ApiKeyView = {
  id: string
  userId: string
  name: string
  scopes: Scope[]
  prefix: string
  createdAt: string
  usedAt: string | null
  expiresAt: string | null
}

/** A link by which somebody may make an account. */
export type InvitationView = {
  id: string
  role: Role
  email: string | null
  createdAt: string
  expiresAt: string
}

type Page<Item> = { items: Item[]; total: number; page: number; pageSize: number }
type Part = { page?: number | undefined; pageSize?: number | undefined }

/** Who is signed in here; null for nobody. Everything in this module rejects with ProblemError. */
export async function getAccount(access?: ApiAccess): Promise<Account | null> {
  const { user } = await json<{ user: Account | null }>(await call('GET', 'api/auth/me', access))
  return user
}

/** Rejects with `second-factor-required` when only `code` is missing, which may be a recovery code. */
export async function signIn(
  credentials: { email: string; password: string; code?: string | undefined },
  access?: ApiAccess,
): Promise<Account> {
  return accountIn(await call('POST', 'api/auth/sign-in', access, credentials))
}

/** Ends the sign-in of this browser. */
export async function signOut(access?: ApiAccess): Promise<void> {
  await call('POST', 'api/auth/sign-out', access)
}

/** Ends the sign-ins of every browser, this one too. */
export async function signOutEverywhere(access?: ApiAccess): Promise<void> {
  await call('POST', 'api/auth/sign-out-everywhere', access)
}

/** Where one is signed in, latest seen first. */
export async function listSignIns(access?: ApiAccess): Promise<SignedInBrowser[]> {
  return (await json<{ items: SignedInBrowser[] }>(await call('GET', 'api/auth/sign-ins', access))).items
}

/** Ends the sign-in of one browser. */
export async function endSignIn(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `api/auth/sign-ins/${encodeURIComponent(id)}`, access)
}

/** Changes one's own name. */
export async function renameAccount(name: string, access?: ApiAccess): Promise<Account> {
  return accountIn(await call('PATCH', 'api/auth/me', access, { name }))
}

/** Signs every other browser out. */
export async function changePassword(
  passwords: { current: string; next: string },
  access?: ApiAccess,
): Promise<void> {
  await call('POST', 'api/auth/password', access, passwords)
}

/** The secret for an authenticator app, in Base32 and as otpauth:// to be shown as a QR code. */
export async function beginSecondFactor(
  password: string,
  access?: ApiAccess,
): Promise<{ secret: string; uri: string }> {
  return json(await call('POST', 'api/auth/totp', access, { password }))
}

/** Turns it on with a code of the app; resolves to the recovery codes, which are told this once. */
export async function confirmSecondFactor(code: string, access?: ApiAccess): Promise<string[]> {
  return codesIn(await call('POST', 'api/auth/totp/confirm', access, { code }))
}

/** New recovery codes; the old ones end. */
export async function renewRecoveryCodes(password: string, access?: ApiAccess): Promise<string[]> {
  return codesIn(await call('POST', 'api/auth/totp/recovery-codes', access, { password }))
}

/** Turns the second factor off. */
export async function endSecondFactor(password: string, access?: ApiAccess): Promise<void> {
  await call('POST', 'api/auth/totp/off', access, { password })
}

/** Asks for a letter with a link. Resolves whether or not there is such an account. */
export async function requestPasswordReset(email: string, access?: ApiAccess): Promise<void> {
  await call('POST', 'api/auth/forgotten', access, { email })
}

/** Whose password a link is for. */
export async function lookAtReset(
  token: string,
  access?: ApiAccess,
): Promise<{ email: string; name: string }> {
  return json(await call('POST', 'api/auth/reset/look', access, { token }))
}

/** Chooses a new password by a link. */
export async function resetPassword(
  reset: { token: string; password: string },
  access?: ApiAccess,
): Promise<void> {
  await call('POST', 'api/auth/reset', access, reset)
}

/** Makes a viewer's account and signs in, where the server is open to everybody. */
export async function register(account: NewAccount, access?: ApiAccess): Promise<Account> {
  return accountIn(await call('POST', 'api/auth/register', access, account))
}

/** Whether the server has no administrator yet. */
export async function isSetupNeeded(access?: ApiAccess): Promise<boolean> {
  return (await json<{ needed: boolean }>(await call('GET', 'api/setup', access))).needed
}

/** Makes the first administrator by the link that the server printed, and signs in. */
export async function setUp(account: NewAccount & { token: string }, access?: ApiAccess): Promise<Account> {
  return accountIn(await call('POST', 'api/setup', access, account))
}

/** What an invitation is for. */
export async function lookAtInvitation(
  token: string,
  access?: ApiAccess,
): Promise<Pick<InvitationView, 'role' | 'email' | 'expiresAt'>> {
  return json(await call('POST', 'api/invitations/look', access, { token }))
}

/** Makes an account by an invitation, and signs in. */
export async function acceptInvitation(
  account: NewAccount & { token: string },
  access?: ApiAccess,
): Promise<Account> {
  return accountIn(await call('POST', 'api/invitations/accept', access, account))
}

/** One's own keys, or those of everybody for administrators; newest first. */
export async function listApiKeys(
  filter: Part & { of?: 'own' | 'all' | undefined } = {},
  access?: ApiAccess,
): Promise<Page<ApiKeyView>> {
  return json(await call('GET', `api/api-keys?${queryOf(filter)}`, access))
}

/** `key` itself is told this once. `days` until it expires; never when absent. */
export async function makeApiKey(
  wish: { name: string; scopes: Scope[]; days?: number | undefined },
  access?: ApiAccess,
): Promise<ApiKeyView & { key: string }> {
  return json(await call('POST', 'api/api-keys', access, wish))
}

/** It opens nothing any more, at once. */
export async function revokeApiKey(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `api/api-keys/${encodeURIComponent(id)}`, access)
}

/** Accounts by name, for administrators. */
export async function listAccounts(
  filter: Part & { q?: string | undefined; role?: Role | undefined } = {},
  access?: ApiAccess,
): Promise<Page<Account>> {
  return json(await call('GET', `api/users?${queryOf(filter)}`, access))
}

/** Changes name or role, disables or enables. */
export async function changeAccount(
  id: string,
  changes: { name?: string; role?: Role; disabled?: boolean },
  access?: ApiAccess,
): Promise<Account> {
  return json(await call('PATCH', userPath(id), access, changes))
}

/** Removes an account with all that belongs to it. */
export async function removeAccount(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', userPath(id), access)
}

/** Signs every browser of an account out. */
export async function signAccountOut(id: string, access?: ApiAccess): Promise<void> {
  await call('POST', `${userPath(id)}/sign-out`, access)
}

/** For somebody who lost the second factor. */
export async function endSecondFactorOf(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `${userPath(id)}/second-factor`, access)
}

/** A link for a new password; `mailed` says whether it is on its way as a letter, too. */
export async function makeResetLink(
  id: string,
  access?: ApiAccess,
): Promise<{ link: string; expiresAt: string; mailed: boolean }> {
  return json(await call('POST', `${userPath(id)}/reset-link`, access))
}

/** Invitations that have not been used, newest first. */
export async function listInvitations(part: Part = {}, access?: ApiAccess): Promise<Page<InvitationView>> {
  return json(await call('GET', `api/invitations?${queryOf(part)}`, access))
}

/** `link` is told this once; `days` until it expires, seven when absent. */
export async function invite(
  wish: { role: Role; email?: string | undefined; days?: number | undefined },
  access?: ApiAccess,
): Promise<InvitationView & { link: string; mailed: boolean }> {
  return json(await call('POST', 'api/invitations', access, wish))
}

/** Its link opens nothing any more. */
export async function withdrawInvitation(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `api/invitations/${encodeURIComponent(id)}`, access)
}

function userPath(id: string): string {
  return `api/users/${encodeURIComponent(id)}`
}

async function accountIn(response: Response): Promise<Account> {
  return (await json<{ user: Account }>(response)).user
}

async function codesIn(response: Response): Promise<string[]> {
  return (await json<{ recoveryCodes: string[] }>(response)).recoveryCodes
}
