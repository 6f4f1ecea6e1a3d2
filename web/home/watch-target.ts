/** Where a pasted link or id leads: a broadcast here, or a page of another server. */
type WatchTarget = { id: string; token?: string } | { elsewhere: URL }

const ID = /^[A-Za-z0-9_-]{1,64}$/
const PATH = /\/(?:view|embed|whep)\/([A-Za-z0-9_-]{1,64})\/?$/

/** Understands ids, links of this server and links of others; undefined for anything else. */
export function watchTarget(text: string, server: URL): WatchTarget | undefined {
  const trimmed = text.trim()
  if (ID.test(trimmed)) return { id: trimmed }
  const url = URL.parse(trimmed, server)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  const id = PATH.exec(url.pathname)?.[1]
  if (id === undefined) return undefined
  if (url.origin !== server.origin) return { elsewhere: url }
  const token = url.searchParams.get('token')
  return token ? { id, token } : { id }
}
