import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Grant, personIdOf } from '../../core/doorkeeper.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { IceServer } from '../../core/ice-server.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { watcherOf } from '../visitor.ts'
import { EVENTS_RELATION, type EventRouteOptions, eventRoutes } from './event-routes.ts'
import { LAYER_RELATION, layerRoutes } from './layer-routes.ts'
import { offeredCodecs } from './offered-codecs.ts'
import { answerPreflight, iceServerLinks, offerIn, SDP, sendAnswer, speakSdp } from './sdp-over-http.ts'
import { type SessionRoute, sessionRoutes } from './session-routes.ts'
import type { Accepted, SessionRequest, Sessions } from './sessions.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** What WHEP needs from the rest of the system, and nothing more. */
export type WhepOptions = Omit<EventRouteOptions, 'watched' | 'unguessable' | 'basePath'> & {
  sessions: Sessions
  access: WatchAccess
  guesses: GuessLimit
  /** Asked for each answer, for credentials may be short-lived. */
  iceServers: () => readonly IceServer[]
  /** Where the server is mounted: the path of its public URL, '' at the root. */
  basePath?: string
}

type Endpoint = { Params: { id: string } }

/**
 * Lets players watch over WebRTC with one HTTP request.
 * https://datatracker.ietf.org/doc/draft-ietf-wish-whep/
 */
export async function whepPlugin(
  fastify: FastifyInstance,
  { sessions, access, guesses, iceServers, basePath = '', ...events }: WhepOptions,
): Promise<void> {
  const endpoint = '/whep/:id'
  const resource = '/whep/:id/:session'

  function entered(request: FastifyRequest<Endpoint>): Promise<Grant> {
    const visitor = watcherOf(request, 'whep')
    return guesses.guard(visitor, () => access.enter(request.params.id, visitor))
  }

  /**
   * The session, for those who may watch its broadcast: Bearer on every request. Whoever came in by the address and
   * brings nothing more has the secret of the session's own, which is closed when its right to be there is lost.
   */
  async function watched(request: FastifyRequest<SessionRoute>): Promise<WebRtcSession> {
    const session = sessions.find(request.params.session)
    const { token, identity } = watcherOf(request)
    const isInside = session?.role === 'viewer' && session.broadcast.id === request.params.id
    if (!isInside || token !== undefined || identity) await entered(request)
    return unguessable(request.params)
  }

  const unguessable = (params: SessionRoute['Params']): WebRtcSession =>
    sessions.get(params.session, { broadcastId: params.id, door: 'whep' })

  speakSdp(fastify)
  answerPreflight(fastify, endpoint, { 'accept-post': SDP })
  eventRoutes(fastify, { ...events, watched, unguessable, basePath })
  layerRoutes(fastify, watched)

  fastify.post<Endpoint>(
    endpoint,
    { schema: { tags: ['WHEP'], summary: 'Watch: an SDP offer in, its answer out', consumes: [SDP] } },
    async (request, reply) => {
      const offer = offerIn(request)
      const grant = await entered(request)
      const { broadcast } = grant
      const preview = 'preview' in (request.query as object)
      const { session, sdp } = await watch(sessions, {
        broadcast,
        door: 'whep',
        address: request.ip,
        offer,
        preview,
        userId: personIdOf(grant),
      })
      access.hold(grant, session)
      const location = `${basePath}/whep/${broadcast.id}/${session.id}`
      return sendAnswer(reply, {
        sdp,
        location,
        etag: session.etag,
        links: [
          ...iceServerLinks(iceServers()),
          `<${location}/sse>; ${EVENTS_RELATION}`,
          `<${location}/layer>; ${LAYER_RELATION}`,
        ],
      })
    },
  )

  fastify.get<Endpoint>(endpoint, { schema: { hide: true } }, async (request, reply) => {
    await entered(request)
    return reply.code(200).type(SDP).send()
  })

  sessionRoutes(fastify, resource, { tag: 'WHEP', leaving: 'Stop watching', sessionOf: watched })
}

/** Where nothing fits, the answer names what each side has, so that somebody can mend it. */
async function watch(sessions: Sessions, request: SessionRequest): Promise<Accepted> {
  try {
    return await sessions.watch(request)
  } catch (error) {
    if (!(error instanceof BroadcastError) || error.code !== 'no-common-codec') throw error
    const sent = request.broadcast.tracks.map(({ codec }) => codec).join(', ')
    const taken = offeredCodecs(request.offer).join(', ')
    throw new BroadcastError(
      'no-common-codec',
      `The broadcast sends ${sent}; this player takes ${taken || 'nothing'}. ` +
        'Publish with a codec that both have, for example H264 or VP8.',
      { cause: error },
    )
  }
}
