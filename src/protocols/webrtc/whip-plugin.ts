import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Grants } from '../../core/grants.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { IceServer } from '../../core/ice-server.ts'
import type { PublishAccess } from '../../core/publish-access.ts'
import { visitorOf } from '../visitor.ts'
import { answerPreflight, iceServerLinks, offerIn, SDP, sendAnswer, speakSdp } from './sdp-over-http.ts'
import { type SessionRoute, sessionRoutes } from './session-routes.ts'
import type { Sessions } from './sessions.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** What WHIP needs from the rest of the system, and nothing more. */
export type WhipOptions = {
  sessions: Sessions
  access: PublishAccess
  grants: Pick<Grants, 'hold'>
  guesses: GuessLimit
  /** Asked for each answer, for credentials may be short-lived. */
  iceServers: () => readonly IceServer[]
  /** Where the server is mounted: the path of its public URL, '' at the root. */
  basePath?: string
}

type Endpoint = { Params: { id: string } }

/**
 * Lets encoders publish over WebRTC with one HTTP request.
 * https://www.rfc-editor.org/rfc/rfc9725
 */
export async function whipPlugin(
  fastify: FastifyInstance,
  { sessions, access, grants, guesses, iceServers, basePath = '' }: WhipOptions,
): Promise<void> {
  const endpoint = '/whip/:id'
  const resource = '/whip/:id/:session'

  /** The session, for those who may control it: Bearer on every request (RFC 9725 §4.7). */
  async function controlled({
    params,
    headers,
    ip,
    identity,
  }: FastifyRequest<SessionRoute>): Promise<WebRtcSession> {
    const visitor = visitorOf(headers, ip, identity, 'whip')
    await guesses.guard(visitor, () => access.assertMayControl(params.id, visitor))
    return sessions.get(params.session, { broadcastId: params.id, door: 'whip' })
  }

  speakSdp(fastify)
  answerPreflight(fastify, endpoint, { 'accept-post': SDP })
  answerPreflight(fastify, `${resource}/clock`, { 'accept-post': 'application/json' })

  fastify.post<Endpoint>(
    endpoint,
    { schema: { tags: ['WHIP'], summary: 'Publish: an SDP offer in, its answer out', consumes: [SDP] } },
    async (request, reply) => {
      const offer = offerIn(request)
      const { id } = request.params
      const visitor = visitorOf(request.headers, request.ip, request.identity, 'whip')
      const grant = await guesses.guard(visitor, () => access.enter(id, visitor))
      const { broadcast } = grant
      const accepted = await sessions.publish({ broadcast, door: 'whip', address: request.ip, offer })
      grants.hold(grant, accepted.session)
      return sendAnswer(reply, {
        sdp: accepted.sdp,
        location: `${basePath}/whip/${id}/${accepted.session.id}`,
        etag: accepted.session.etag,
        links: iceServerLinks(iceServers()),
      })
    },
  )

  fastify.get<Endpoint>(
    endpoint,
    { schema: { hide: true } },
    async ({ params, headers, ip, identity }, reply) => {
      const visitor = visitorOf(headers, ip, identity, 'whip')
      await guesses.guard(visitor, () => access.assertMayPublish(params.id, visitor))
      return reply.code(200).send()
    },
  )

  sessionRoutes(fastify, resource, { tag: 'WHIP', leaving: 'Stop publishing', sessionOf: controlled })

  fastify.post<SessionRoute & { Body: { offset: number } }>(
    `${resource}/clock`,
    {
      schema: {
        tags: ['WHIP'],
        summary: 'Tell how far the clock of the publisher is behind that of the server',
        body: {
          type: 'object',
          required: ['offset'],
          properties: {
            offset: { type: 'number', description: 'Milliseconds: server clock minus publisher clock' },
          },
        },
      },
    },
    async (request, reply) => {
      const session = await controlled(request)
      await session.host.setClockOffset(session.id, request.body.offset)
      return reply.code(204).send()
    },
  )
}
