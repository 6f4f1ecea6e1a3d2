import type { IncomingHttpHeaders } from 'node:http'
import type { Identity } from '../core/identity.ts'
import type { Door } from '../core/session.ts'
import type { Visitor } from '../core/visitor.ts'

/**
 * Who knocks: the address as the caller trusts it, the Bearer token, whether a page of another site sent them, and who
 * it is. An API key has become an identity already and is no token.
 */
export function visitorOf(
  headers: IncomingHttpHeaders,
  address: string,
  identity: Identity | undefined,
  door?: Door,
): Visitor {
  const token = identity?.kind === 'api-key' ? undefined : bearerOf(headers)
  return { address, token, foreign: !isOwnOrigin(headers), identity, door }
}

/**
 * The same for whoever watches: where nothing can be put into a header, by elements and event streams, the viewer token
 * comes in the address.
 */
export function watcherOf(
  {
    headers,
    ip,
    identity,
    query,
  }: {
    readonly headers: IncomingHttpHeaders
    readonly ip: string
    readonly identity: Identity | undefined
    readonly query: unknown
  },
  door?: Door,
): Visitor & { readonly pass: string | undefined } {
  const visitor = visitorOf(headers, ip, identity, door)
  const { token, session } = query as { token?: unknown; session?: unknown }
  return { ...visitor, token: visitor.token ?? textIn(token), pass: textIn(session) }
}

/** True without an Origin, as programs send none, and for pages of the same host. */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase()
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
  if (authorization === undefined) return undefined
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? ''
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
