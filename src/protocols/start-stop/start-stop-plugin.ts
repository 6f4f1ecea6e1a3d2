import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { BroadcastRights } from '../../core/broadcast-rights.ts'
import type { Broadcasts } from '../../core/broadcasts.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Secrets } from '../../core/secrets.ts'
import { baseUrlOf, broadcastView, BroadcastViewSchema } from '../broadcast-view.ts'
import { sendProblem } from '../problem.ts'
import { visitorOf } from '../visitor.ts'

export type StartStopOptions = {
  broadcasts: Broadcasts
  rights: BroadcastRights
  guesses: GuessLimit
  secrets: Pick<Secrets, 'newId'>
  publicUrl: string
}

const Body = Type.Object({
  stream_id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }),
})
const Started = Type.Object({
  stream_id: Type.String(),
  status: Type.String({ const: 'started' }),
  streamKey: Type.Optional(Type.String({ description: 'Of a new broadcast; told this once.' })),
  urls: BroadcastViewSchema.properties.urls,
})
const Stopped = Type.Object({ stream_id: Type.String(), status: Type.String({ const: 'stopped' }) })
const tags = ['Start and stop']

/** The same broadcasts under the names of the system that `/start_broadcast/` comes from. */
export async function startStopPlugin(
  instance: FastifyInstance,
  { broadcasts, rights, guesses, secrets, publicUrl }: StartStopOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.post(
    '/start_broadcast/',
    {
      schema: {
        tags,
        summary: 'Begin a broadcast under an id of your choice',
        body: Body,
        response: { 201: Started },
      },
    },
    async (request, reply) => {
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const id = request.body.stream_id
      const existing = await broadcasts.find(id)
      if (existing) {
        await guesses.guard(visitor, () => rights.enter('control', id, visitor))
        existing.assertFree()
      }
      const created = existing
        ? { broadcast: existing }
        : await broadcasts.create({ id, ...rights.assertMayCreate(visitor) })
      const { urls } = broadcastView(created.broadcast, baseUrlOf(publicUrl, request))
      return reply.code(201).send({
        stream_id: id,
        status: 'started',
        ...('streamKey' in created && { streamKey: created.streamKey }),
        urls,
      })
    },
  )

  fastify.post(
    '/stop_broadcast/',
    { schema: { tags, summary: 'End a broadcast', body: Body, response: { 200: Stopped } } },
    async (request) => {
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const broadcast = await guesses.guard(visitor, () =>
        rights.enter('control', request.body.stream_id, visitor),
      )
      await broadcast.stop('ended')
      return { stream_id: broadcast.id, status: 'stopped' }
    },
  )

  for (const path of ['/start_broadcast/', '/stop_broadcast/'])
    fastify.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: path,
      schema: { hide: true },
      handler: (_request, reply: FastifyReply) =>
        sendProblem(reply.header('allow', 'POST'), {
          status: 405,
          code: 'method-not-allowed',
          detail: 'Starting and stopping is done by POST.',
        }),
    })

  fastify.get(
    '/api/get-stream-id/',
    {
      schema: {
        tags,
        summary: 'A fresh id that nobody else has',
        response: { 200: Type.Object({ stream_id: Type.String() }) },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send({ stream_id: secrets.newId() }),
  )
}
