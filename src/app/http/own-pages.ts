import type { IncomingMessage } from 'node:http'
import type { TrustedProxies } from './trusted-proxies.ts'

/**
 * Whether a WebSocket handshake comes from our own pages, or from a program, which sends no Origin. Browsers let any
 * page of any site open WebSockets to us, and read them.
 */
export function ownPages(
  publicUrl: string,
  proxies: Pick<TrustedProxies, 'askedFor'>,
): (request: IncomingMessage) => boolean {
  const publicHost = publicUrl === '' ? undefined : new URL(publicUrl).host
  return (request) => {
    const { origin, host } = request.headers
    if (origin === undefined) return true
    if (!URL.canParse(origin)) return false
    const from = new URL(origin).host
    return [publicHost, host?.toLowerCase(), proxies.askedFor(request).host.toLowerCase()].includes(from)
  }
}
