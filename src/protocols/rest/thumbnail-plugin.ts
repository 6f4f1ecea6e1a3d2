import type { FastifyInstance } from 'fastify'
import { BroadcastError } from '../../core/errors.ts'
import type { BroadcastRights } from '../../core/broadcast-rights.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { WatchAccess } from '../../core/watch-access.ts'
import { jpegSizeOf } from '../../media/jpeg.ts'
import { visitorOf, watcherOf } from '../visitor.ts'

export type ThumbnailOptions = {
  rights: BroadcastRights
  watchAccess: WatchAccess
  guesses: GuessLimit
}

const MAX_BYTES = 512 * 1024
const tags = ['Broadcasts']
type Endpoint = { Params: { id: string } }

/** The newest picture of a broadcast: sent by its publisher now and then, shown in lists. */
export async function thumbnailPlugin(
  fastify: FastifyInstance,
  { rights, watchAccess, guesses }: ThumbnailOptions,
): Promise<void> {
  fastify.addContentTypeParser(
    'image/jpeg',
    { parseAs: 'buffer', bodyLimit: MAX_BYTES },
    async (_request: unknown, jpeg: Buffer) => jpeg,
  )

  fastify.put<Endpoint>(
    '/api/broadcasts/:id/thumbnail',
    { schema: { tags, summary: 'Send a picture', consumes: ['image/jpeg'] }, bodyLimit: MAX_BYTES },
    async (request, reply) => {
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const broadcast = await guesses.guard(visitor, () =>
        rights.enter('control', request.params.id, visitor),
      )
      const { body } = request
      if (!Buffer.isBuffer(body)) throw new BroadcastError('wrong-content-type', 'a thumbnail is image/jpeg')
      if (!jpegSizeOf(body))
        throw new BroadcastError('unsupported-media', 'this is not a whole JPEG of up to 16 megapixels')
      broadcast.setThumbnail(body)
      return reply.code(204).send()
    },
  )

  fastify.get<Endpoint>(
    '/api/broadcasts/:id/thumbnail.jpg',
    { schema: { tags, summary: 'The newest picture' } },
    async (request, reply) => {
      const visitor = watcherOf(request)
      const { broadcast } = await guesses.guard(visitor, () => watchAccess.see(request.params.id, visitor))
      const { thumbnail } = broadcast
      if (!thumbnail)
        throw new BroadcastError('broadcast-not-found', 'there is no picture of this broadcast yet')
      const etag = `"${thumbnail.version}"`
      const isPrivate = broadcast.record.visibility === 'private'
      reply.header('etag', etag).header('cache-control', isPrivate ? 'private, no-store' : 'no-cache')
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type('image/jpeg').send(thumbnail.jpeg)
    },
  )
}
