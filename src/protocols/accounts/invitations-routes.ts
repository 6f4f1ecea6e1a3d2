import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { invitationLetter } from '../../core/people/mailer.ts'
import { baseUrlOf } from '../broadcast-view.ts'
import { PageQuery, pageOf, partOf } from '../paging.ts'
import { Email, InvitationViewSchema, invitationView, RoleSchema } from './account-views.ts'
import { assertAdministers } from '../assert-administers.ts'
import { type AccountsOptions, sessionIn } from './accounts-options.ts'
import { linkTo } from './link-to.ts'

const tags = ['Users']
const DAY = 24 * 3_600_000
const Made = Type.Intersect([
  InvitationViewSchema,
  Type.Object({
    link: Type.String({ description: 'Told this once.' }),
    mailed: Type.Boolean({ description: 'Whether it is on its way by mail, too.' }),
  }),
])

/** `/api/invitations…`: who is asked in, for administrators. */
export async function invitationsRoutes(instance: FastifyInstance, options: AccountsOptions): Promise<void> {
  const { people, mailer, logger, publicUrl } = options
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  fastify.addHook('onRequest', async (request) => assertAdministers(options, request))

  fastify.get(
    '/api/invitations',
    {
      schema: {
        tags,
        summary: 'Invitations that have not been used, newest first',
        querystring: PageQuery,
        response: { 200: pageOf(InvitationViewSchema) },
      },
    },
    async (request) => {
      const { part, page, pageSize } = partOf(request.query)
      const { invitations, total } = await people.invitations.list(part)
      return { items: invitations.map(invitationView), total, page, pageSize }
    },
  )

  fastify.post(
    '/api/invitations',
    {
      schema: {
        tags,
        summary: 'Invite somebody by a link that works once',
        body: Type.Object(
          {
            role: RoleSchema,
            email: Type.Optional(Email),
            days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90, default: 7 })),
          },
          { additionalProperties: false },
        ),
        response: { 201: Made },
      },
    },
    async (request, reply) => {
      const { role, email, days = 7 } = request.body
      const { person } = request.identity ?? sessionIn(request)
      const { invitation, token } = await people.invitations.make({
        ...{ role, email: email ?? null, lasts: days * DAY, by: person.id },
      })
      const link = linkTo(baseUrlOf(publicUrl, request), 'invitation', token)
      const mailed = mailer !== undefined && invitation.email !== null
      if (mailed) {
        const expires = new Date(invitation.expiresAt).toUTCString()
        mailer
          .send(invitationLetter(invitation.email, { link, expires }))
          .catch((error: unknown) => logger.warn({ error }, 'invitation not sent'))
      }
      return reply.code(201).send({ ...invitationView(invitation), link, mailed })
    },
  )

  fastify.delete(
    '/api/invitations/:id',
    { schema: { tags, summary: 'Take an invitation back', params: Type.Object({ id: Type.String() }) } },
    async (request, reply) => {
      await people.invitations.revoke(request.params.id)
      return reply.code(204).send()
    },
  )
}
