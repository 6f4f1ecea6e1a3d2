import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../../core/ports.ts'
import type { Secrets } from '../../core/secrets.ts'
import { EventStream } from '../event-stream.ts'
import { type EventSubscription, EventSubscriptions } from './event-subscriptions.ts'
import { answerPreflight, assertContentType } from './sdp-over-http.ts'
import type { StateAnnouncer } from './state-announcer.ts'
import { sendViewerEvents, VIEWER_EVENTS } from './viewer-events.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** How a WHEP answer points here. */
export const EVENTS_RELATION = `rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="${VIEWER_EVENTS.join(',')}"`

export type EventRouteOptions = {
  clock: Clock
  secrets: Pick<Secrets, 'newId'>
  announcer: StateAnnouncer
  /** The session of a request that may watch; rejects otherwise. */
  watched: (request: FastifyRequest<Resource>) => Promise<WebRtcSession>
  /** The session of a URL that nobody can guess. */
  unguessable: (params: Resource['Params']) => WebRtcSession
  basePath: string
}

type Resource = { Params: { id: string; session: string } }
type Subscription = { Params: { id: string; session: string; events: string } }

/** Server-sent events of a WHEP session: subscribe by POST, read by GET, leave by DELETE. */
export function eventRoutes(
  fastify: FastifyInstance,
  { clock, secrets, announcer, watched, unguessable, basePath }: EventRouteOptions,
): void {
  const url = '/whep/:id/:session/sse'
  const subscriptions = new EventSubscriptions(secrets)
  const streams = new Map<EventStream, EventSubscription>()
  answerPreflight(fastify, url, { 'accept-post': 'application/json' })
  answerPreflight(fastify, `${url}/:events`, {})

  fastify.post<Resource & { Body: string[] }>(
    url,
    {
      schema: {
        tags: ['WHEP'],
        summary: 'Subscribe to server-sent events',
        body: { type: 'array', maxItems: 32, items: { type: 'string', maxLength: 64 } },
      },
    },
    async (request, reply) => {
      const session = await watched(request)
      assertContentType(request, 'application/json')
      const { body } = request
      const wanted = VIEWER_EVENTS.filter((event) => body.length === 0 || body.includes(event))
      const { id } = subscriptions.add(session, new Set(wanted))
      return reply
        .code(201)
        .header('location', `${basePath}/whep/${session.broadcast.id}/${session.id}/sse/${id}`)
        .send()
    },
  )

  // EventSource cannot send a Bearer: the URL itself, with two secrets of 128 bits, is the right to read.
  fastify.get<Subscription>(
    `${url}/:events`,
    { exposeHeadRoute: false, schema: { tags: ['WHEP'], summary: 'Server-sent events' } },
    async ({ params }, reply) => {
      const subscription = subscriptions.get(unguessable(params), params.events)
      subscription.stream?.close()
      const stream = EventStream.open(reply, clock)
      subscription.stream = stream
      streams.set(stream, subscription)
      void stream.closed.then(() => streams.delete(stream))
      sendViewerEvents(subscription.session, subscription.wanted, { stream, announcer })
    },
  )

  fastify.delete<Subscription>(
    `${url}/:events`,
    { schema: { tags: ['WHEP'], summary: 'Unsubscribe from server-sent events' } },
    async ({ params }, reply) => {
      subscriptions.remove(subscriptions.get(unguessable(params), params.events))
      return reply.code(200).send()
    },
  )

  fastify.addHook('preClose', async () => {
    for (const [stream, { wanted }] of streams) {
      if (wanted.has('reconnect')) stream.send('reconnect', { reason: 'shutdown' })
      stream.close()
    }
  })
}
