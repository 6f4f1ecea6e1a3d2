/** Where the API tells of a broadcast. */
export type BroadcastAddress = { readonly id: string; readonly server: string }

/** From the URL of its WHIP or WHEP endpoint, its signalling or its playlist; undefined where another kind of server is addressed. */
export function broadcastAddress(endpoint: string | URL): BroadcastAddress | undefined {
  const url = new URL(endpoint, location.href)
  const match = /^(.*\/)(?:whip|whep|ws\/webrtc|ws\/video|hls)\/([\w-]{1,64})(?:\/|\/index\.m3u8)?$/.exec(
    url.pathname,
  )
  if (!match) return undefined
  const [, base = '/', id = ''] = match
  const protocol = url.protocol.replace(/^ws/, 'http')
  return { id, server: `${protocol}//${url.host}${base}` }
}
