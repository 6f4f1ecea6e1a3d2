import type { FastifyInstance, FastifyRequest } from 'fastify'

const POLICY = [
  "default-src 'self'",
  "worker-src 'self' blob:",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
]
/** The one style that the page of the interface description makes by itself. */
const DESCRIPTION = /^\/docs\b/
const DESCRIPTION_STYLE = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"
const EMBEDDABLE = /^\/embed\//
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/

/** Where the interface has it that a nonce belongs. */
export const NONCE_PLACE = 'NONCE_OF_THIS_ANSWER'

/** What every answer tells browsers; only the embed page may stand in a frame of another site. */
export function securityHeaders({
  url,
  protocol,
  hostname,
}: Pick<FastifyRequest, 'url' | 'protocol' | 'hostname'>): Record<string, string> {
  const isEncrypted = protocol === 'https'
  return {
    'content-security-policy': contentSecurityPolicy(url),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
    // Where an origin is not secure, browsers complain about this one instead of heeding it.
    ...((isEncrypted || LOOPBACK.test(hostname)) && { 'cross-origin-opener-policy': 'same-origin' }),
    ...(isEncrypted && { 'strict-transport-security': 'max-age=31536000' }),
  }
}

/** Puts them on every answer but the router's own. */
export function installSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(request))
  })
}

export type PolicyOptions = {
  /** Marks the style elements that the page makes itself; a new one for each answer. */
  nonce?: string
  /** Origins that media comes from, besides this server. */
  sources?: readonly string[]
}

/** What pages may load, and from where. */
export function contentSecurityPolicy(url: string, { nonce, sources = [] }: PolicyOptions = {}): string {
  const own = nonce === undefined ? '' : ` 'nonce-${nonce}'`
  const styles = `style-src 'self'${DESCRIPTION.test(url) ? ` ${DESCRIPTION_STYLE}` : own}`
  const media = sources.map((source) => ` ${source}`).join('')
  const ancestors = EMBEDDABLE.test(url) ? '*' : "'none'"
  return [
    ...POLICY,
    `media-src 'self' blob:${media}`,
    `connect-src 'self' ws: wss:${media}`,
    styles,
    `frame-ancestors ${ancestors}`,
  ].join('; ')
}
