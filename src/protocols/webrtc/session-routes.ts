import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerPreflight, assertContentType, TRICKLE } from './sdp-over-http.ts'
import { trickle } from './trickle.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** The address of one session. */
export type SessionRoute = { Params: { id: string; session: string } }

export type SessionRouteOptions = {
  tag: 'WHIP' | 'WHEP'
  /** What deleting it means to people. */
  leaving: string
  /** The session, for those who may have it; throws for everybody else. */
  sessionOf: (request: FastifyRequest<SessionRoute>) => Promise<WebRtcSession>
}

/**
 * What can be done with a session at `url`, the same for publishers and viewers: look, trickle, leave.
 * https://www.rfc-editor.org/rfc/rfc9725#section-4.2
 */
export function sessionRoutes(
  fastify: FastifyInstance,
  url: string,
  { tag, leaving, sessionOf }: SessionRouteOptions,
): void {
  const tags = [tag]
  answerPreflight(fastify, url, { 'accept-patch': TRICKLE })

  fastify.get<SessionRoute>(url, { schema: { hide: true } }, async (request, reply) => {
    const session = await sessionOf(request)
    return reply.code(200).header('etag', session.etag).send()
  })

  fastify.patch<SessionRoute>(
    url,
    { schema: { tags, summary: 'Trickle ICE candidates', consumes: [TRICKLE] } },
    async (request, reply) => {
      const session = await sessionOf(request)
      assertContentType(request, TRICKLE)
      await trickle(session, request.headers['if-match'], String(request.body))
      return reply.code(204).send()
    },
  )

  fastify.delete<SessionRoute>(url, { schema: { tags, summary: leaving } }, async (request, reply) => {
    await (await sessionOf(request)).close('ended')
    return reply.code(200).send()
  })
}
