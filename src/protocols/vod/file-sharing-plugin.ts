import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { FileAccess } from '../../core/file-access.ts'
import { baseUrlOf } from '../broadcast-view.ts'
import { visitorOf } from '../visitor.ts'
import {
  lastsOf,
  madeTokenView,
  MadeTokenSchema,
  TokenSchema,
  TokenWishes,
  tokenView,
} from '../viewer-token-view.ts'

export type FileSharingOptions = {
  files: FileAccess
  /** Name of the parameter of `/api/stream/` that says which video. */
  pathVariable: string
  publicUrl: string
}

const Path = Type.String({ minLength: 1, maxLength: 255, description: 'Of the video, inside the folder.' })
const Place = Type.Object({ path: Path })
const tags = ['Sharing']

/** `/api/stream/viewer-tokens`: who may watch a video where an account is needed. */
export async function fileSharingPlugin(
  instance: FastifyInstance,
  { files, pathVariable, publicUrl }: FileSharingOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  fastify.post(
    '/api/stream/viewer-tokens',
    {
      schema: {
        tags,
        summary: 'A token that lets its holders watch one video',
        body: Type.Object({ path: Path, ...TokenWishes }, { additionalProperties: false }),
        response: { 201: MadeTokenSchema },
      },
    },
    async (request, reply) => {
      const { path, name = '' } = request.body
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const made = await files.share(path, visitor, { name, lasts: lastsOf(request.body) })
      const query = new URLSearchParams({ [pathVariable]: path, token: made.token })
      const url = `${baseUrlOf(publicUrl, request)}/api/stream/?${query.toString()}`
      return reply.code(201).send(madeTokenView(made, url))
    },
  )

  fastify.get(
    '/api/stream/viewer-tokens',
    {
      schema: {
        tags,
        summary: 'The tokens that still open a video, newest first; none is told again',
        querystring: Place,
        response: { 200: Type.Object({ items: Type.Array(TokenSchema) }) },
      },
    },
    async (request) => {
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      return { items: (await files.shared(request.query.path, visitor)).map(tokenView) }
    },
  )

  fastify.delete(
    '/api/stream/viewer-tokens/:token',
    {
      schema: {
        tags,
        summary: 'Take a token back',
        params: Type.Object({ token: Type.String({ description: 'its id' }) }),
        querystring: Place,
      },
    },
    async (request, reply) => {
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      await files.revoke(request.query.path, visitor, request.params.token)
      return reply.code(204).send()
    },
  )
}
