import { type ApiAccess, call, json, queryOf } from './api.ts'

export type LibraryKind = 'file' | 'recording'
export type LibrarySort = 'newest' | 'oldest' | 'name' | 'duration' | 'size'

/** A recording or a file that can be watched. What is not known is null; paths are the server's. */
export type LibraryItem = {
  kind: LibraryKind
  id: string
  title: string
  /** Seconds. */
  duration: number | null
  /** Bytes. */
  size: number
  /** ISO 8601. */
  createdAt: string
  width: number | null
  height: number | null
  codecs: string[]
  poster: string | null
  /** False: nobody else finds it in the list. */
  listed: boolean
  play: string
  download: string
  /** Of what `play` answers: a file, or a playlist. */
  contentType: string
}

/** One page of the library. */
export type LibraryPage = {
  items: LibraryItem[]
  total: number
  page: number
  pageSize: number
  /** Files still looked into: durations and posters come later. */
  pending: number
  /** False where the server has no ffmpeg. */
  posters: boolean
  uploads: { maxSize: number; extensions: string[] }
}

/** Which items, in which order; all and the newest first when empty. */
export type LibraryFilter = {
  q?: string | undefined
  kind?: LibraryKind | undefined
  sort?: LibrarySort | undefined
  page?: number | undefined
  pageSize?: number | undefined
}

/** Recordings and files. Everything here rejects with ProblemError. */
export async function listLibrary(filter: LibraryFilter = {}, access?: ApiAccess): Promise<LibraryPage> {
  return json(await call('GET', `api/library?${queryOf(filter)}`, access))
}

/** One recording or file. */
export async function getLibraryItem(
  kind: LibraryKind,
  id: string,
  access?: ApiAccess,
): Promise<LibraryItem> {
  return json(await call('GET', itemPath(kind, id), access))
}

/** The newest recording of a broadcast that can be watched whole; undefined where there is none. */
export async function latestRecordingOf(
  broadcast: string,
  access?: ApiAccess,
): Promise<{ id: string; title: string; duration: number } | undefined> {
  const newest = queryOf({ broadcast, state: 'ready', pageSize: 1 })
  const { items } = await json<{ items: { id: string; title: string; duration: number }[] }>(
    await call('GET', `api/recordings?${newest}`, access),
  )
  return items[0]
}

/** Removes it for good. */
export async function removeLibraryItem(kind: LibraryKind, id: string, access?: ApiAccess): Promise<void> {
  await call('DELETE', itemPath(kind, id), access)
}

function itemPath(kind: LibraryKind, id: string): string {
  return `api/library/${kind}/${encodeURIComponent(id)}`
}
