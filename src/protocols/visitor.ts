import type { IncomingHttpHeaders } from 'node:http'
import type { Visitor } from '../core/visitor.ts'

/** Who knocks: the address as the caller trusts it, the Bearer token, and whether a page of another site sent them. */
export function visitorOf(headers: IncomingHttpHeaders, address: string): Visitor {
  return { address, token: bearerOf(headers), foreign: !isOwnOrigin(headers) }
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
