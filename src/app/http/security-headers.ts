import type { FastifyInstance } from 'fastify'

const POLICY = [
  "default-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'self'",
]
/** The one style that the page of the interface description makes by itself. */
const DESCRIPTION = /^\/docs\b/
const DESCRIPTION_STYLE = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"
const EMBEDDABLE = /^\/embed\//

/** Where the interface has it that a nonce belongs. */
export const NONCE_PLACE = 'NONCE_OF_THIS_ANSWER'

/** What every answer tells browsers; only the embed page may stand in a frame of another site. */
export function installSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply
      .header('content-security-policy', contentSecurityPolicy(request.url))
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('permissions-policy', 'camera=(self), microphone=(self), display-capture=(self)')
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
  })
}

/** `nonce` marks the style elements that the page makes itself; a new one for each answer. */
export function contentSecurityPolicy(url: string, nonce?: string): string {
  const own = nonce === undefined ? '' : ` 'nonce-${nonce}'`
  const styles = `style-src 'self'${DESCRIPTION.test(url) ? ` ${DESCRIPTION_STYLE}` : own}`
  const ancestors = EMBEDDABLE.test(url) ? '*' : "'none'"
  return [...POLICY, styles, `frame-ancestors ${ancestors}`].join('; ')
}
