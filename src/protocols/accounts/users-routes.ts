import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { resetLetter } from '../../core/people/mailer.ts'
import { baseUrlOf } from '../broadcast-view.ts'
import { PageQuery, pageOf, partOf } from '../paging.ts'
import { Name, RoleSchema, UserViewSchema, userView } from './account-views.ts'
import { assertAdministers } from '../assert-administers.ts'
import type { AccountsOptions } from './accounts-options.ts'
import { linkTo } from './link-to.ts'

const tags = ['Users']
const Id = Type.Object({ id: Type.String() })

/** `/api/users…`: every account, for administrators. */
export async function usersRoutes(instance: FastifyInstance, options: AccountsOptions): Promise<void> {
  const { people, mailer, logger, publicUrl } = options
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  fastify.addHook('onRequest', async (request) => assertAdministers(options, request))

  fastify.get(
    '/api/users',
    {
      schema: {
        tags,
        summary: 'Accounts by name',
        querystring: Type.Intersect([
          Type.Object({
            q: Type.Optional(Type.String({ maxLength: 200, description: 'Found in name or e-mail' })),
            role: Type.Optional(RoleSchema),
          }),
          PageQuery,
        ]),
        response: { 200: pageOf(UserViewSchema) },
      },
    },
    async (request) => {
      const { q, role } = request.query
      const { part, page, pageSize } = partOf(request.query)
      const { users, total } = await people.users.list({
        ...part,
        ...(q !== undefined && { text: q.trim() }),
        ...(role && { role }),
      })
      return { items: users.map(userView), total, page, pageSize }
    },
  )

  fastify.get(
    '/api/users/:id',
    { schema: { tags, summary: 'One account', params: Id, response: { 200: UserViewSchema } } },
    async (request) => userView(await people.users.get(request.params.id)),
  )

  fastify.patch(
    '/api/users/:id',
    {
      schema: {
        tags,
        summary: 'Change name or role, disable or enable',
        params: Id,
        body: Type.Object(
          {
            name: Type.Optional(Name),
            role: Type.Optional(RoleSchema),
            disabled: Type.Optional(Type.Boolean({ description: 'Signs them out everywhere.' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: UserViewSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const { name, role, disabled } = request.body
      if (name !== undefined) await people.users.rename(id, name)
      if (role !== undefined) await people.users.changeRole(id, role)
      if (disabled !== undefined) await (disabled ? people.users.disable(id) : people.users.enable(id))
      return userView(await people.users.get(id))
    },
  )

  fastify.delete(
    '/api/users/:id',
    {
      schema: {
        tags,
        summary: 'Remove an account with its keys and sign-ins, and forget what it watched',
        params: Id,
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await people.users.remove(id)
      await options.forget(id)
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/users/:id/sign-out',
    { schema: { tags, summary: 'Sign every browser of an account out', params: Id } },
    async (request, reply) => {
      const { id } = await people.users.get(request.params.id)
      await people.signIns.endAll(id)
      return reply.code(204).send()
    },
  )

  fastify.delete(
    '/api/users/:id/second-factor',
    { schema: { tags, summary: 'Turn the second factor off, for somebody who lost it', params: Id } },
    async (request, reply) => {
      await people.secondFactors.turnOff(await people.users.get(request.params.id))
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/users/:id/reset-link',
    {
      schema: {
        tags,
        summary: 'A link for a new password: it works once, for an hour',
        params: Id,
        response: {
          201: Type.Object({
            link: Type.String({ description: 'Told this once.' }),
            expiresAt: Type.String({ format: 'date-time' }),
            mailed: Type.Boolean({ description: 'Whether it is on its way by mail, too.' }),
          }),
        },
      },
    },
    async (request, reply) => {
      const user = await people.users.get(request.params.id)
      const { token, expiresAt } = await people.passwordResets.make(user)
      const link = linkTo(baseUrlOf(publicUrl, request), 'reset', token)
      mailer
        ?.send(resetLetter(user.email, link))
        .catch((error: unknown) => logger.warn({ error }, 'letter for a new password not sent'))
      return reply
        .code(201)
        .send({ link, expiresAt: new Date(expiresAt).toISOString(), mailed: mailer !== undefined })
    },
  )
}
