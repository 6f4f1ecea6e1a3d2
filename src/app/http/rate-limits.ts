import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../core/ports.ts'
import { RateLimit } from '../../core/rate-limit.ts'

/** What costs more than an answer, by method and route: how often a minute. Guesses are counted elsewhere. */
export const RATE_LIMITS: Readonly<Record<string, number>> = {
  'POST /api/broadcasts': 60,
  'POST /start_broadcast/': 60,
  'POST /stream/start/': 60,
  'POST /stream/refresh/': 60,
  'PATCH /api/broadcasts/:id': 120,
  'POST /api/broadcasts/:id/stream-key': 30,
  'POST /api/broadcasts/:id/viewer-tokens': 60,
  'POST /api/stream/viewer-tokens': 60,
  'PUT /api/broadcasts/:id/viewers': 60,
  'PUT /api/broadcasts/:id/thumbnail': 120,
  'POST /whip/:id': 300,
  'POST /whep/:id': 1200,
  'POST /whep/:id/:session/sse': 1200,
  'POST /api/uploads': 60,
  'PATCH /api/admin/settings': 60,
  'POST /api/admin/broadcasts/:id/viewers/:viewing/kick': 120,
  'GET /api/viewings.csv': 30,
  'GET /api/viewings.json': 30,
  'GET /api/broadcasts/:id/viewers-over-time': 120,
  'GET /recordings/:id/video.mp4': 600,
}

/** Refuses who does such things too often, by account and address; not in open mode, where it would be oneself. */
export function installRateLimits(fastify: FastifyInstance, clock: Clock): void {
  const rates = new RateLimit(clock)
  fastify.addHook('onRequest', async ({ method, routeOptions, ip, identity }) => {
    const what = `${method} ${routeOptions.url ?? ''}`
    const limit = RATE_LIMITS[what]
    if (limit !== undefined) rates.take(what, limit, { address: ip, identity })
  })
}
