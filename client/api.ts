import type {
  AudienceOverTime,
  BroadcastPage,
  BroadcastState,
  BroadcastView,
  BroadcastWish,
  CreatedBroadcast,
  LoggedViewingPage,
  ServerView,
  ViewingFilter,
  Visibility,
} from './api-types.ts'
import { problemIn, unreachable } from './problem-answer.ts'

/** Where the server is and by which right it is asked. */
export type ApiAccess = {
  /** Root of the server; by default that of this page. */
  server?: string | URL | undefined
  /** Stream key of the broadcast in question. */
  key?: string | undefined
  signal?: AbortSignal | undefined
}

/** Makes a broadcast. Everything here rejects with ProblemError. */
export async function createBroadcast(
  wish: BroadcastWish = {},
  access?: ApiAccess,
): Promise<CreatedBroadcast> {
  return json(await call('POST', 'api/broadcasts', access, wish))
}

/** One broadcast, whatever its state. */
export async function getBroadcast(id: string, access?: ApiAccess): Promise<BroadcastView> {
  return json(await call('GET', broadcastPath(id), access))
}

/** Broadcasts, newest first: public ones unless `of` says otherwise. */
export async function listBroadcasts(
  filter: {
    of?: 'public' | 'own' | 'all' | undefined
    state?: BroadcastState | undefined
    /** Part of the id or the title. */
    q?: string | undefined
    page?: number | undefined
    pageSize?: number | undefined
  } = {},
  access?: ApiAccess,
): Promise<BroadcastPage> {
  return json(await call('GET', `api/broadcasts?${queryOf(filter)}`, access))
}

/** Changes the title, who may find it, or whether its audience may talk. */
export async function updateBroadcast(
  id: string,
  change: { title?: string | undefined; visibility?: Visibility | undefined; chat?: boolean | undefined },
  access?: ApiAccess,
): Promise<BroadcastView> {
  return json(await call('PATCH', broadcastPath(id), access, change))
}

/** Ends it for its publisher and its viewers; its key still opens it again. */
export async function stopBroadcast(id: string, access?: ApiAccess): Promise<BroadcastView> {
  return json(await call('POST', `${broadcastPath(id)}/stop`, access))
}

/** Removes it for good. */
export async function removeBroadcast(id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', broadcastPath(id), access)
}

/** A new stream key; the old one is worthless from now on. */
export async function rotateStreamKey(
  id: string,
  access?: ApiAccess,
): Promise<{ id: string; streamKey: string }> {
  return json(await call('POST', `${broadcastPath(id)}/stream-key`, access))
}

/** The picture that lists show, at most 512 KiB of JPEG. */
export async function uploadThumbnail(id: string, jpeg: Blob, access?: ApiAccess): Promise<void> {
  await call('PUT', `${broadcastPath(id)}/thumbnail`, access, jpeg)
}

/** The watch log, newest first. For administrators. */
export async function listViewings(
  filter: ViewingFilter & { page?: number | undefined; pageSize?: number | undefined } = {},
  access?: ApiAccess,
): Promise<LoggedViewingPage> {
  return json(await call('GET', `api/viewings?${queryOf(filter)}`, access))
}

/** Where a browser downloads what of the watch log matches. */
export function viewingsExport(format: 'csv' | 'json', filter: ViewingFilter, server?: string | URL): URL {
  return new URL(`api/viewings.${format}?${queryOf(filter)}`, new URL(server ?? '/', location.href))
}

/** How many watched a broadcast at once, in its latest run. For administrators. */
export async function getViewersOverTime(id: string, access?: ApiAccess): Promise<AudienceOverTime> {
  return json(await call('GET', `${broadcastPath(id)}/viewers-over-time`, access))
}

/** What the server is and which ICE servers it recommends. */
export async function getServer(access?: ApiAccess): Promise<ServerView> {
  return json(await call('GET', 'api/server', access))
}

/** Only what is there. */
export function queryOf(filter: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value))
  return query.toString()
}

function broadcastPath(id: string): string {
  return `api/broadcasts/${encodeURIComponent(id)}`
}

/** Asks the server; rejects with ProblemError for every answer that is no success. */
export async function call(
  method: string,
  path: string,
  access: ApiAccess = {},
  body?: object,
): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' })
  if (access.key !== undefined) headers.set('authorization', `Bearer ${access.key}`)
  if (body) headers.set('content-type', body instanceof Blob ? body.type || 'image/jpeg' : 'application/json')
  const url = new URL(path, new URL(access.server ?? '/', location.href))
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body instanceof Blob || body === undefined ? (body ?? null) : JSON.stringify(body),
      signal: access.signal ?? null,
    })
  } catch (error) {
    if (access.signal?.aborted) throw error
    throw unreachable(error)
  }
  if (!response.ok) throw await problemIn(response)
  return response
}

/** What a success has to say. */
export async function json<Value>(response: Response): Promise<Value> {
  return (await response.json()) as Value
}
