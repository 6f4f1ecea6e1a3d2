import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { PageQuery, pageOf, partOf } from '../paging.ts'
import { ApiKeyViewSchema, apiKeyView, ScopeSchema } from './account-views.ts'
import { assertAdministers } from '../assert-administers.ts'
import { type AccountsOptions, ownAccount, sessionIn } from './accounts-options.ts'

const tags = ['API keys']
const DAY = 24 * 3_600_000
const Made = Type.Intersect([
  ApiKeyViewSchema,
  Type.Object({ key: Type.String({ description: 'Told this once: Authorization: Bearer klieg_…' }) }),
])

/** `/api/api-keys…`: what programs sign in with. */
export async function apiKeysRoutes(instance: FastifyInstance, options: AccountsOptions): Promise<void> {
  const { people, clock } = options
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.get(
    '/api/api-keys',
    {
      schema: {
        tags,
        summary: 'One’s own keys, newest first; those of everybody for administrators',
        querystring: Type.Intersect([
          Type.Object({ of: Type.Union([Type.Literal('own'), Type.Literal('all')], { default: 'own' }) }),
          PageQuery,
        ]),
        response: { 200: pageOf(ApiKeyViewSchema) },
      },
    },
    async (request) => {
      const isAll = request.query.of === 'all'
      if (isAll) assertAdministers(options, request)
      const { part, page, pageSize } = partOf(request.query)
      const { keys, total } = await people.apiKeys.list({
        ...part,
        ...(!isAll && { userId: sessionIn(request).person.id }),
      })
      return { items: keys.map(apiKeyView), total, page, pageSize }
    },
  )

  fastify.post(
    '/api/api-keys',
    {
      schema: {
        tags,
        summary: 'Make a key for a program',
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }),
            scopes: Type.Array(ScopeSchema, { minItems: 1, maxItems: 4 }),
            days: Type.Optional(
              Type.Integer({
                minimum: 1,
                maximum: 3650,
                description: 'Until it expires; never, when absent.',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 201: Made },
      },
    },
    async (request, reply) => {
      const { name, scopes, days } = request.body
      const { key, secret } = await people.apiKeys.make(await ownAccount(options, request), {
        ...{ name, scopes, expiresAt: days === undefined ? null : clock.now() + days * DAY },
      })
      return reply.code(201).send({ ...apiKeyView(key), key: secret })
    },
  )

  fastify.delete(
    '/api/api-keys/:id',
    {
      schema: {
        tags,
        summary: 'Revoke a key at once: one’s own, or any for administrators',
        params: Type.Object({ id: Type.String() }),
      },
    },
    async (request, reply) => {
      const { person } = sessionIn(request)
      await people.apiKeys.revoke(request.params.id, person.role === 'admin' ? undefined : person.id)
      return reply.code(204).send()
    },
  )
}
