import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Library } from '../../core/library.ts'
import type { LibraryRights } from '../../core/library-rights.ts'
import { VIDEO_EXTENSIONS } from '../../core/video-type.ts'
import { visitorOf } from '../visitor.ts'
import { LibraryItemSchema, libraryItemView } from './library-view.ts'

export type LibraryOptions = {
  library: Library
  rights: LibraryRights
  /** Whether posters are made: false without ffmpeg. */
  hasPosters: () => Promise<boolean>
  /** Bytes. */
  maxUpload: () => number
}

const Kind = Type.Union([Type.Literal('file'), Type.Literal('recording')])
const Sort = Type.Union(
  (['newest', 'oldest', 'name', 'duration', 'size'] as const).map((sort) => Type.Literal(sort)),
  { default: 'newest' },
)
const Item = Type.Object({ kind: Kind, id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) })
const tags = ['Library']

/** What can be watched later: recordings and files. */
export async function libraryPlugin(
  instance: FastifyInstance,
  { library, rights, hasPosters, maxUpload }: LibraryOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.get(
    '/api/library',
    {
      schema: {
        tags,
        summary: 'Recordings and files, searched and sorted',
        querystring: Type.Object({
          q: Type.String({ default: '', maxLength: 200, description: 'words of the title' }),
          kind: Type.Optional(Kind),
          sort: Sort,
          page: Type.String({ default: '1', pattern: '^[1-9]\\d{0,4}$' }),
          pageSize: Type.String({
            default: '24',
            pattern: '^([1-9]\\d?|1\\d\\d|200)$',
            description: '1 to 200',
          }),
        }),
        response: {
          200: Type.Object({
            items: Type.Array(LibraryItemSchema),
            total: Type.Integer(),
            page: Type.Integer(),
            pageSize: Type.Integer(),
            pending: Type.Integer({
              description: 'files still looked into: durations and posters come later',
            }),
            posters: Type.Boolean({ description: 'false: ffmpeg is missing, there are none' }),
            uploads: Type.Object({
              maxSize: Type.Number({ description: 'bytes' }),
              extensions: Type.Array(Type.String()),
            }),
          }),
        },
      },
    },
    async (request, reply) => {
      const reader = rights.assertMaySee(visitorOf(request.headers, request.ip, request.identity))
      const { q, kind, sort } = request.query
      const [page, pageSize] = [Number(request.query.page), Number(request.query.pageSize)]
      const { items, total, pending } = await library.list({ q, kind, sort, page, pageSize, reader })
      return reply.header('cache-control', 'no-store').send({
        items: items.map(libraryItemView),
        ...{ total, page, pageSize, pending },
        posters: await hasPosters(),
        uploads: { maxSize: maxUpload(), extensions: [...VIDEO_EXTENSIONS] },
      })
    },
  )

  fastify.get(
    '/api/library/:kind/:id',
    {
      schema: {
        tags,
        summary: 'One recording or file',
        params: Item,
        response: { 200: LibraryItemSchema },
      },
    },
    async (request, reply) => {
      const reader = rights.assertMaySee(visitorOf(request.headers, request.ip, request.identity))
      const { kind, id } = request.params
      return reply
        .header('cache-control', 'no-store')
        .send(libraryItemView(await library.get(kind, id, reader)))
    },
  )

  fastify.get(
    '/api/library/:kind/:id/poster.jpg',
    { schema: { tags, summary: 'A picture of it', params: Item } },
    async (request, reply) => {
      const reader = rights.assertMaySee(visitorOf(request.headers, request.ip, request.identity))
      const { kind, id } = request.params
      const { posterVersion } = await library.get(kind, id, reader)
      const etag = `"${encodeURIComponent(posterVersion ?? '')}"`
      // Another picture has another address, so that this one may be kept.
      reply.header('etag', etag).header('cache-control', 'private, max-age=86400')
      if (posterVersion !== null && request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type('image/jpeg').send(await library.poster(kind, id, reader))
    },
  )

  fastify.delete(
    '/api/library/:kind/:id',
    { schema: { tags, summary: 'Remove it for good', params: Item } },
    async (request, reply) => {
      const { kind, id } = request.params
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const reader = rights.assertMaySee(visitor)
      await rights.assertMayRemove(await library.broadcastOf(kind, id, reader), visitor)
      await library.remove(kind, id, reader)
      return reply.code(204).send()
    },
  )
}
