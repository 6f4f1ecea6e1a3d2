import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Broadcast } from '../../core/broadcast.ts'
import type { BroadcastAction, BroadcastRights, ListedBroadcasts } from '../../core/broadcast-rights.ts'
import type { BroadcastState } from '../../core/broadcast-store.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { baseUrlOf, broadcastView, BroadcastViewSchema } from '../broadcast-view.ts'
import { PAGE_FIELDS, pageOf, partOf } from '../paging.ts'
import { visitorOf, watcherOf } from '../visitor.ts'

export type BroadcastsPluginOptions = {
  broadcasts: Broadcasts
  rights: BroadcastRights
  watchAccess: WatchAccess
  guesses: GuessLimit
  publicUrl: string
}

const MAX_TITLE = 200
const Title = Type.String({ maxLength: MAX_TITLE })
const Visibility = Type.Union([Type.Literal('public'), Type.Literal('unlisted'), Type.Literal('private')])
const State = Type.Union([
  Type.Literal('created'),
  Type.Literal('live'),
  Type.Literal('reconnecting'),
  Type.Literal('ended'),
])
const Whose = Type.Union(
  (['public', 'own', 'all'] as const satisfies ListedBroadcasts[]).map((which) => Type.Literal(which)),
  { default: 'public' },
)
const Id = Type.Object({ id: Type.String() })
const StreamKey = Type.String({ description: 'Told this once; it lets whoever knows it publish.' })
const Created = Type.Intersect([BroadcastViewSchema, Type.Object({ streamKey: StreamKey })])
const tags = ['Broadcasts']

/** `/api/broadcasts…`: make, list, look at, change, stop and remove. */
export async function broadcastsPlugin(
  instance: FastifyInstance,
  { broadcasts, rights, watchAccess, guesses, publicUrl }: BroadcastsPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  const view = (broadcast: Broadcast, request: FastifyRequest) =>
    broadcastView(broadcast, baseUrlOf(publicUrl, request))

  /** The broadcast of the request, for whoever may change it. */
  function owned(action: BroadcastAction, request: FastifyRequest, id: string): Promise<Broadcast> {
    const visitor = visitorOf(request.headers, request.ip, request.identity)
    return guesses.guard(visitor, () => rights.enter(action, id, visitor))
  }

  fastify.post(
    '/api/broadcasts',
    {
      schema: {
        tags,
        summary: 'Make a broadcast',
        body: Type.Object(
          {
            title: Type.Optional(Title),
            visibility: Type.Optional(Visibility),
            record: Type.Optional(Type.Boolean({ description: 'As the server is set when absent.' })),
            delivery: Type.Optional(Type.Union([Type.Literal('sfu'), Type.Literal('p2p')])),
            chat: Type.Optional(Type.Boolean({ description: 'As the server is set when absent.' })),
          },
          { additionalProperties: false },
        ),
        response: { 201: Created },
      },
      // No body at all is a broadcast as it comes.
      preValidation: async (request: { body: unknown }) => {
        request.body ??= {}
      },
    },
    async (request, reply) => {
      const owner = rights.assertMayCreate(visitorOf(request.headers, request.ip, request.identity))
      const { broadcast, streamKey } = await broadcasts.create({ ...request.body, ...owner })
      return reply
        .code(201)
        .header('location', `/api/broadcasts/${broadcast.id}`)
        .send({ ...view(broadcast, request), streamKey })
    },
  )

  fastify.get(
    '/api/broadcasts',
    {
      schema: {
        tags,
        summary: 'Broadcasts, newest first: public ones, one’s own, or all for administrators',
        querystring: Type.Object({
          of: Whose,
          state: Type.Optional(State),
          q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the id or the title' })),
          ...PAGE_FIELDS,
        }),
        response: {
          200: pageOf(BroadcastViewSchema),
        },
      },
    },
    async (request) => {
      const { state, q } = request.query
      const { part, page, pageSize } = partOf(request.query)
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const { broadcasts: found, total } = await broadcasts.list({
        ...rights.assertMayList(request.query.of, visitor),
        ...(state && { states: statesOf(state) }),
        ...(q && { text: q }),
        ...part,
      })
      return { items: found.map((broadcast) => view(broadcast, request)), total, page, pageSize }
    },
  )

  fastify.get(
    '/api/broadcasts/:id',
    { schema: { tags, summary: 'One broadcast', params: Id, response: { 200: BroadcastViewSchema } } },
    async (request) => {
      const visitor = watcherOf(request)
      const { broadcast } = await guesses.guard(visitor, () => watchAccess.see(request.params.id, visitor))
      return view(broadcast, request)
    },
  )

  fastify.patch(
    '/api/broadcasts/:id',
    {
      schema: {
        tags,
        summary: 'Change title, visibility, or whether its audience may talk',
        params: Id,
        body: Type.Object(
          {
            title: Type.Optional(Title),
            visibility: Type.Optional(Visibility),
            chat: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
        response: { 200: BroadcastViewSchema },
      },
    },
    async (request) => {
      const broadcast = await owned('edit', request, request.params.id)
      broadcast.edit(request.body)
      return view(broadcast, request)
    },
  )

  fastify.post(
    '/api/broadcasts/:id/stop',
    { schema: { tags, summary: 'End it for everybody', params: Id, response: { 200: BroadcastViewSchema } } },
    async (request) => {
      const broadcast = await owned('control', request, request.params.id)
      await broadcast.stop('ended')
      return view(broadcast, request)
    },
  )

  fastify.delete(
    '/api/broadcasts/:id',
    { schema: { tags, summary: 'Stop and forget it', params: Id } },
    async (request, reply) => {
      await broadcasts.remove(await owned('remove', request, request.params.id))
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/broadcasts/:id/stream-key',
    {
      schema: {
        tags,
        summary: 'A new stream key; the old one opens nothing any more',
        params: Id,
        response: { 200: Type.Object({ id: Type.String(), streamKey: StreamKey }) },
      },
    },
    async (request) => {
      const broadcast = await owned('rotate-key', request, request.params.id)
      return { id: broadcast.id, streamKey: await broadcasts.rotateKey(broadcast) }
    },
  )
}

/** Whoever asks for what is live wants what can be watched. */
function statesOf(state: BroadcastState): BroadcastState[] {
  return state === 'live' ? ['live', 'reconnecting'] : [state]
}
