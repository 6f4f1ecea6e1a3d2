import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { BroadcastRights } from '../../core/broadcast-rights.ts'
import type { Visibility } from '../../core/broadcast-store.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Provisioning } from '../../core/provision/provisioning.ts'
import {
  prepareStartHlsStreamResponse,
  prepareStopStreamResponse,
} from '../../core/provision/stream-responses.ts'
import '../audited.ts'
import { visitorOf } from '../visitor.ts'
import { streamParameter } from './stream-parameters.ts'

export type ProvisionOptions = {
  /** Undefined where no storage is configured. */
  provisioning: Provisioning | undefined
  rights: Pick<BroadcastRights, 'assertMayCreate' | 'enter'>
  guesses: GuessLimit
}

const FORM = 'application/x-www-form-urlencoded'
const MAX_FORM = 16 * 1024
const tags = ['Provisioned streams']
const VISIBILITIES: readonly string[] = ['public', 'unlisted', 'private'] satisfies Visibility[]

const Id = { id: Type.Optional(Type.String({ maxLength: 64, description: 'The stream.' })) }
const Wish = {
  type: Type.Optional(Type.String({ maxLength: 32, description: 'hls' })),
  name: Type.Optional(Type.String({ maxLength: 200 })),
  visibility: Type.Optional(
    Type.String({ maxLength: 16, description: 'public, unlisted or private; public when absent' }),
  ),
}
const GMT = 'GMT, as in 2015-10-22 15:27:40'
const Started = Type.Object({
  stream: Type.Object({
    id: Type.String(),
    name: Type.String(),
    start_date: Type.String({ description: GMT }),
  }),
  endpoint: Type.Object({
    S3: Type.Object({
      aws_access_key_id: Type.String(),
      aws_secret_access_key: Type.String(),
      aws_session_token: Type.String(),
      aws_expiration: Type.Number({ description: 'seconds' }),
      s3_bucket_name: Type.String(),
      s3_bucket_path: Type.String({ description: 'without a slash at its end; all uploads go below it' }),
      s3_bucket_region: Type.String(),
    }),
  }),
})
const Stopped = Type.Object({
  stream: Type.Object({
    id: Type.String(),
    name: Type.String(),
    start_date: Type.String({ description: GMT }),
    stop_date: Type.String({ description: GMT }),
  }),
})

/** Storage for clients that upload their streams themselves. Parameters come in the query, as a form or as JSON. */
export async function provisionPlugin(instance: FastifyInstance, options: ProvisionOptions): Promise<void> {
  const { rights, guesses } = options
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.addContentTypeParser<string>(
    FORM,
    { parseAs: 'string', bodyLimit: MAX_FORM },
    async (_request: unknown, form: string) => fieldsOf(form),
  )
  fastify.addHook('preValidation', async (request) => {
    request.body ??= {}
  })

  fastify.post(
    '/stream/start/',
    {
      schema: {
        tags,
        summary: 'Begin a stream, and get credentials to upload it with',
        consumes: ['application/json', FORM],
        querystring: Type.Object(Wish),
        body: Type.Object(Wish),
        response: { 200: Started },
      },
    },
    async (request, reply) => {
      const visitor = visitorOf(request.headers, request.ip, request.identity)
      const { ownerId = null } = await forbidding(async () => rights.assertMayCreate(visitor))
      const visibility = visibilityIn(request)
      const started = await provisioningOf(options).startStream({
        ...{ ownerId, type: streamParameter(request, 'type'), name: streamParameter(request, 'name') },
        ...(visibility !== undefined && { visibility }),
      })
      request.audited = { subjectId: started.stream.id }
      return reply.header('cache-control', 'no-store').send(prepareStartHlsStreamResponse(started))
    },
  )

  fastify.post(
    '/stream/refresh/',
    {
      schema: {
        tags,
        summary: 'New credentials for a stream that runs, before the old ones expire',
        consumes: ['application/json', FORM],
        querystring: Type.Object(Id),
        body: Type.Object(Id),
        response: { 200: Started },
      },
    },
    async (request, reply) => {
      const id = await ownStreamIn(request)
      const refreshed = await provisioningOf(options).refreshStream({ id, by: 'authorised' })
      return reply.header('cache-control', 'no-store').send(prepareStartHlsStreamResponse(refreshed))
    },
  )

  fastify.post(
    '/stream/stop/',
    {
      schema: {
        tags,
        summary: 'End a stream',
        consumes: ['application/json', FORM],
        querystring: Type.Object(Id),
        body: Type.Object(Id),
        response: { 200: Stopped },
      },
    },
    async (request) => {
      const id = await ownStreamIn(request)
      return prepareStopStreamResponse(await provisioningOf(options).stopStream({ id, by: 'authorised' }))
    },
  )

  /** The stream that is named, for whoever may control its broadcast. */
  async function ownStreamIn(request: FastifyRequest): Promise<string> {
    const id = streamParameter(request, 'id')
    if (id === undefined || id === '') throw new BroadcastError('bad-request', 'id is missing')
    const visitor = visitorOf(request.headers, request.ip, request.identity)
    await forbidding(() => guesses.guard(visitor, () => rights.enter('control', id, visitor)))
    request.audited = { subjectId: id }
    return id
  }
}

function provisioningOf({ provisioning }: ProvisionOptions): Provisioning {
  if (provisioning) return provisioning
  throw new BroadcastError(
    'storage-not-configured',
    'this server has no storage for streams: set KLIEG_S3_BUCKET, its keys and KLIEG_S3_ROLE_ARN',
  )
}

function visibilityIn(request: FastifyRequest): Visibility | undefined {
  const wanted = streamParameter(request, 'visibility')
  if (wanted === undefined || VISIBILITIES.includes(wanted)) return wanted as Visibility | undefined
  throw new BroadcastError('bad-request', `visibility must be one of: ${VISIBILITIES.join(', ')}`)
}

/** Clients of this interface know 403 for whoever is not signed in. */
async function forbidding<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof BroadcastError) || error.code !== 'unauthenticated') throw error
    throw new BroadcastError('not-allowed', error.message, { cause: error })
  }
}

/** A field that is there twice stays a list, which no parameter is. */
function fieldsOf(form: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(form)
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const values = fields.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}
