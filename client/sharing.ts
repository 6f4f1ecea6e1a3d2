import { type ApiAccess, call, json } from './api.ts'

/** A viewer token as it is listed; times are ISO 8601. */
export type ViewerToken = { id: string; name: string; createdAt: string; expiresAt: string }

/** The same when it is made: the token, and the watch page with it, are told this once. */
export type MadeViewerToken = ViewerToken & { token: string; url: string }

/** Lets whoever has the token watch a private broadcast. Everything here rejects with ProblemError. */
export async function createViewerToken(
  id: string,
  wish: {
    /** For whom it is. */
    name?: string | undefined
    /** Seconds; a day. */
    expiresIn?: number | undefined
  } = {},
  access?: ApiAccess,
): Promise<MadeViewerToken> {
  return json(await call('POST', tokensPath(id), access, wish))
}

/** Those that still open it, newest first. */
export async function listViewerTokens(id: string, access?: ApiAccess): Promise<ViewerToken[]> {
  return (await json<{ items: ViewerToken[] }>(await call('GET', tokensPath(id), access))).items
}

/** Takes it back: whoever watches by it is cut off. */
export async function revokeViewerToken(id: string, token: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', `${tokensPath(id)}/${encodeURIComponent(token)}`, access)
}

/** Accounts that may watch a private broadcast; `people` are those whose names are known. */
export type NamedViewers = { users: string[]; people: { id: string; name: string }[] }

/** The accounts that may watch while it is private. */
export async function getNamedViewers(id: string, access?: ApiAccess): Promise<NamedViewers> {
  return json(await call('GET', `${broadcastPath(id)}/viewers`, access))
}

/** These accounts, those with these e-mail addresses, and no others. */
export async function setNamedViewers(
  id: string,
  viewers: { users: readonly string[]; emails?: readonly string[] },
  access?: ApiAccess,
): Promise<NamedViewers> {
  return json(await call('PUT', `${broadcastPath(id)}/viewers`, access, viewers))
}

/** An address for what can send no header: pictures, players of the browser, downloads. */
export function withViewerToken(address: string, token: string | undefined): string {
  if (token === undefined || token === '') return address
  return `${address}${address.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`
}

function broadcastPath(id: string): string {
  return `api/broadcasts/${encodeURIComponent(id)}`
}

function tokensPath(id: string): string {
  return `${broadcastPath(id)}/viewer-tokens`
}
