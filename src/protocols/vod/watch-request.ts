const MAX_PATH = 255

/** One request to watch a video. */
export type WatchLogEntry = {
  readonly videoPath: string
  /** Null for somebody without an account. */
  readonly userId: string | null
  readonly isAuthenticated: boolean
  readonly ip: string | null
  readonly created: Date
}

/** Where the entries go: a table, a file, an array. */
export interface WatchLogStore {
  add(entry: WatchLogEntry): void | Promise<void>
}

/** Writes one entry, and returns it. */
export async function logWatchRequest({
  log,
  videoPath,
  authenticated,
  ip,
  user,
}: {
  log: WatchLogStore
  videoPath: string
  authenticated: boolean
  ip: string | null
  /** Of whoever is signed in. */
  user?: { readonly id: string | number } | string | null | undefined
}): Promise<WatchLogEntry> {
  const id = typeof user === 'object' ? user?.id : user // null is an object too
  const entry: WatchLogEntry = {
    videoPath: videoPath.slice(0, MAX_PATH),
    userId: authenticated && id !== undefined ? String(id) : null,
    isAuthenticated: authenticated,
    ip,
    created: new Date(),
  }
  await log.add(entry)
  return entry
}
