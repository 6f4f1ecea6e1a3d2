import { BlockList, isIP } from 'node:net'

/** A request of node:http, Express, Fastify, or of the fetch standard. */
export type AnyRequest = {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  readonly socket?: { readonly remoteAddress?: string | undefined } | null | undefined
}

export type RequestIpOptions = {
  /** Addresses and networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed; none. */
  readonly trustProxy?: readonly string[]
  /** Where the request came from, for requests that do not know: those of the fetch standard. */
  readonly remoteAddress?: string | undefined
}

/** The client's address: the nearest one that is no trusted proxy, for those behind it are hearsay. Null when unknown. */
export function getRequestIp(request: AnyRequest, options: RequestIpOptions = {}): string | null {
  const proxies = proxiesOf(options.trustProxy ?? [])
  const nearest = options.remoteAddress ?? request.socket?.remoteAddress ?? ''
  const hops = [nearest, ...forwardedFor(request).reverse()].map(plain).filter((hop) => isIP(hop) !== 0)
  if (isIP(plain(nearest)) === 0) return null // then nobody is there to vouch for the others
  return hops.find((hop) => !proxies.check(hop, familyOf(hop))) ?? hops.at(-1) ?? null
}

function forwardedFor({ headers }: AnyRequest): string[] {
  const value = headers instanceof Headers ? headers.get('x-forwarded-for') : headers['x-forwarded-for']
  return [value ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((hop) => hop.trim())
}

function proxiesOf(entries: readonly string[]): BlockList {
  const proxies = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    if (prefix === undefined) proxies.addAddress(address, familyOf(address))
    else proxies.addSubnet(address, Number(prefix), familyOf(address))
  }
  return proxies
}

/** IPv4 as such, also where it came in through an IPv6 socket. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
