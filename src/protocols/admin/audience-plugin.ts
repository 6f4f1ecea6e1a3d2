import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { administratorsOnly } from '../assert-administers.ts'
import type { Broadcast } from '../../core/broadcast.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { Doorkeeper } from '../../core/doorkeeper.ts'
import type { Exclusion, Exclusions } from '../../core/exclusions.ts'
import type { ViewingRecord } from '../../core/viewing-store.ts'
import type { Viewings } from '../../core/viewings.ts'
import '../audited.ts'
import { PAGE_FACTS, PageQuery, partOf } from '../paging.ts'

export type AudienceOptions = {
  broadcasts: Pick<Broadcasts, 'get'>
  viewings: Pick<Viewings, 'watching' | 'sendAway'>
  exclusions: Pick<Exclusions, 'of' | 'lift' | 'excludePublisher' | 'excludeViewer'>
  doorkeeper: Pick<Doorkeeper, 'assertMay'>
}

const MINUTE = 60_000
const Moment = Type.String({ format: 'date-time' })
const Text = Type.Union([Type.String(), Type.Null()])
const Publisher = Type.Object({
  protocol: Type.String({ description: 'whip, signalling or frames' }),
  address: Type.String(),
  userId: Text,
})
const Viewer = Type.Object({
  id: Type.String({ description: 'of the viewing, as in the watch log' }),
  protocol: Type.String({ description: 'whep, signalling, hls or frames' }),
  address: Type.String(),
  userId: Text,
  startedAt: Moment,
  bytes: Type.Number({ description: 'that were sent so far' }),
})
const ExclusionView = Type.Object({
  id: Type.String(),
  kind: Type.Union([Type.Literal('publisher'), Type.Literal('viewer')]),
  userId: Text,
  address: Type.Union([Type.String(), Type.Null()], {
    description: 'or the /64 of one: whoever has no account and comes from there',
  }),
  until: Moment,
})
const Kick = Type.Object(
  {
    minutes: Type.Integer({
      default: 10,
      minimum: 0,
      maximum: 1440,
      description: 'for which they do not come back; 0: only now',
    }),
  },
  { additionalProperties: false },
)
const Id = Type.Object({ id: Type.String() })
const tags = ['Administration']

/** `/api/admin/broadcasts/:id/…`: who is here now, and out with them. */
export async function audiencePlugin(
  instance: FastifyInstance,
  { broadcasts, viewings, exclusions, doorkeeper }: AudienceOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  administratorsOnly(instance, { doorkeeper })
  // No body at all is a kick as it comes.
  const preValidation = async (request: { body: unknown }) => {
    request.body ??= {}
  }

  fastify.get(
    '/api/admin/broadcasts/:id/audience',
    {
      schema: {
        tags,
        summary: 'Who publishes and who watches now, newest first, and who was sent away',
        params: Id,
        querystring: PageQuery,
        response: {
          200: Type.Object({
            publisher: Type.Union([Publisher, Type.Null()]),
            items: Type.Array(Viewer),
            ...PAGE_FACTS,
            exclusions: Type.Array(ExclusionView),
          }),
        },
      },
    },
    async ({ params: { id }, query }) => {
      const broadcast = await broadcasts.get(id)
      const { part, page, pageSize } = partOf(query)
      const { records, total } = viewings.watching(id, part)
      return {
        publisher: publisherView(broadcast),
        items: records.map(viewerView),
        ...{ total, page, pageSize },
        exclusions: exclusions.of(id).map(exclusionView),
      }
    },
  )

  fastify.post(
    '/api/admin/broadcasts/:id/publisher/kick',
    {
      schema: {
        tags,
        summary: 'Send the publisher away: the broadcast ends, and nobody publishes it for a while',
        params: Id,
        body: Kick,
      },
      preValidation,
    },
    async ({ params: { id }, body: { minutes } }, reply) => {
      const broadcast = await broadcasts.get(id)
      exclusions.excludePublisher(id, minutes * MINUTE)
      await broadcast.publisher?.close('kicked')
      if (broadcast.state === 'live' || broadcast.state === 'reconnecting') await broadcast.stop('ended')
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/admin/broadcasts/:id/viewers/:viewing/kick',
    {
      schema: {
        tags,
        summary: 'Send one viewer away, who does not come back for a while',
        params: Type.Object({ id: Type.String(), viewing: Type.String() }),
        body: Kick,
      },
      preValidation,
    },
    async (request, reply) => {
      const { id, viewing } = request.params
      const { minutes } = request.body
      await broadcasts.get(id)
      const who = viewings.sendAway(id, viewing)
      exclusions.excludeViewer({ broadcastId: id, ...who }, minutes * MINUTE)
      const name = who.userId === null ? `address: ${who.address}` : `user: ${who.userId}`
      request.audited = { detail: `${name}, minutes: ${minutes}` }
      return reply.code(204).send()
    },
  )

  fastify.delete(
    '/api/admin/broadcasts/:id/exclusions/:exclusion',
    {
      schema: {
        tags,
        summary: 'Let them in again',
        params: Type.Object({ id: Type.String(), exclusion: Type.String() }),
      },
    },
    async ({ params: { id, exclusion } }, reply) => {
      await broadcasts.get(id)
      exclusions.lift(id, exclusion)
      return reply.code(204).send()
    },
  )
}

function publisherView({ publisher }: Broadcast): Static<typeof Publisher> | null {
  if (!publisher) return null
  const { door, address = '', userId = null } = publisher
  return { protocol: door, address, userId }
}

function viewerView(record: ViewingRecord): Static<typeof Viewer> {
  const { id, protocol, address, userId, startedAt, bytes } = record
  return { ...{ id, protocol, address, userId, bytes }, startedAt: new Date(startedAt).toISOString() }
}

function exclusionView({ id, kind, userId, block, until }: Exclusion): Static<typeof ExclusionView> {
  return { id, kind, userId, address: block, until: new Date(until).toISOString() }
}
