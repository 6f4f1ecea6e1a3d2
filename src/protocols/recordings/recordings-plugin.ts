import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { BroadcastError } from '../../core/errors.ts'
import { baseUrlOf } from '../broadcast-view.ts'
import { PAGE_FIELDS, pageOf, partOf } from '../paging.ts'
import { visitorOf, watcherOf } from '../visitor.ts'
import { asRecording, type RecordingDoorsOptions, watchable } from './recording-doors.ts'
import { recordingView, RecordingViewSchema } from './recording-view.ts'

const Id = Type.Object({ id: Type.String() })
const State = Type.Union([Type.Literal('recording'), Type.Literal('ready'), Type.Literal('failed')])
const tags = ['Recordings']

/** `/api/recordings…`: list, look at and remove. */
export async function recordingsPlugin(
  instance: FastifyInstance,
  options: RecordingDoorsOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  const { recordings, rights, watchAccess, guesses, publicUrl } = options

  fastify.get(
    '/api/recordings',
    {
      schema: {
        tags,
        summary: 'Recordings of public broadcasts, of one broadcast, or all for administrators, newest first',
        querystring: Type.Object({
          of: Type.Optional(Type.Literal('all')),
          broadcast: Type.Optional(Type.String()),
          state: Type.Optional(State),
          ...PAGE_FIELDS,
        }),
        response: {
          200: pageOf(RecordingViewSchema),
        },
      },
    },
    async (request) => {
      const { of, broadcast: broadcastId, state } = request.query
      const { part, page, pageSize } = partOf(request.query)
      if (broadcastId !== undefined) {
        const visitor = watcherOf(request)
        await guesses.guard(visitor, () => watchAccess.enter(broadcastId, visitor))
      }
      if (of === 'all') rights.assertMayList('all', visitorOf(request.headers, request.ip, request.identity))
      const { records, total } = await recordings.list({
        ...(broadcastId !== undefined ? { broadcastId } : of === undefined && { visibility: 'public' }),
        ...(state && { states: [state] }),
        ...part,
      })
      const base = baseUrlOf(publicUrl, request)
      return { items: records.map((record) => recordingView(record, base)), total, page, pageSize }
    },
  )

  fastify.get(
    '/api/recordings/:id',
    { schema: { tags, summary: 'One recording', params: Id, response: { 200: RecordingViewSchema } } },
    async (request) => {
      const { record } = await watchable(options, request, request.params.id)
      return recordingView(record, baseUrlOf(publicUrl, request))
    },
  )

  fastify.delete(
    '/api/recordings/:id',
    { schema: { tags, summary: 'Remove it with all its files', params: Id } },
    async (request, reply) => {
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const { id } = request.params
      await guesses.guard(visitor, () =>
        asRecording(async () => {
          const found = await recordings.get(id).catch(unlessUnknown)
          await rights.enter('remove-recording', found?.broadcastId ?? NO_BROADCAST, visitor)
        }),
      )
      await recordings.remove(id)
      return reply.code(204).send()
    },
  )
}

/** No broadcast has it: whoever asks for a recording that does not exist is told what they are told of others' ones. */
const NO_BROADCAST = ''

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof BroadcastError) || error.code !== 'recording-not-found') throw error
}
