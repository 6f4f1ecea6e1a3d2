import type { FastifyInstance } from 'fastify'

const POLICY = [
  "default-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'self'",
]
const EMBEDDABLE = /^\/embed\//

/** What every answer tells browsers; only the embed page may stand in a frame of another site. */
export function installSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const ancestors = EMBEDDABLE.test(request.url) ? '*' : "'none'"
    reply
      .header('content-security-policy', [...POLICY, `frame-ancestors ${ancestors}`].join('; '))
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('permissions-policy', 'camera=(self), microphone=(self), display-capture=(self)')
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
  })
}
