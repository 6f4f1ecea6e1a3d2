import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { addressBlock } from '../../core/address-block.ts'
import { BroadcastError } from '../../core/errors.ts'
import { AttemptDelay } from '../../core/people/attempt-delay.ts'
import { resetLetter } from '../../core/people/mailer.ts'
import { normalEmail } from '../../core/people/user-store.ts'
import { baseUrlOf } from '../broadcast-view.ts'
import { Email, Name, Password, RoleSchema, Token, UserViewSchema, userView } from './account-views.ts'
import type { AccountsOptions } from './accounts-options.ts'
import { linkTo } from './link-to.ts'
import { signInBrowser } from './sign-in-routes.ts'

const tags = ['Sign-in']
const closed = { additionalProperties: false } as const
const NewAccount = { email: Email, name: Name, password: Password }
const Signed = Type.Object({ user: UserViewSchema })

/** What is done without an account: setup, invitation, registration and a forgotten password. */
export async function linkRoutes(instance: FastifyInstance, options: AccountsOptions): Promise<void> {
  const { people, mailer, logger, clock, registration, publicUrl } = options
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()
  const letters = new AttemptDelay({ clock, free: 3 })
  const senders = new AttemptDelay({ clock, free: 10 })
  const registrations = new AttemptDelay({ clock, free: 10 })

  fastify.get(
    '/api/setup',
    {
      schema: {
        tags,
        summary: 'Whether this server has no administrator yet',
        response: { 200: Type.Object({ needed: Type.Boolean() }) },
      },
    },
    async () => ({ needed: await people.setup.isNeeded() }),
  )

  fastify.post(
    '/api/setup',
    {
      schema: {
        tags,
        summary: 'Make the first administrator, by the link that the server printed',
        body: Type.Object({ token: Token, ...NewAccount }, closed),
        response: { 201: Signed },
      },
    },
    async (request, reply) => {
      const { token, ...account } = request.body
      const user = await people.setup.finish(token, account)
      await signInBrowser(options, request, reply, user)
      return reply.code(201).send({ user: userView(user) })
    },
  )

  fastify.post(
    '/api/invitations/look',
    {
      schema: {
        tags,
        summary: 'What an invitation is for',
        body: Type.Object({ token: Token }, closed),
        response: {
          200: Type.Object({
            role: RoleSchema,
            email: Type.Union([Type.String(), Type.Null()]),
            expiresAt: Type.String({ format: 'date-time' }),
          }),
        },
      },
    },
    async (request) => {
      const { role, email, expiresAt } = await people.invitations.look(request.body.token)
      return { role, email, expiresAt: new Date(expiresAt).toISOString() }
    },
  )

  fastify.post(
    '/api/invitations/accept',
    {
      schema: {
        tags,
        summary: 'Make an account by an invitation, and sign in',
        body: Type.Object({ token: Token, ...NewAccount }, closed),
        response: { 201: Signed },
      },
    },
    async (request, reply) => {
      const { token, ...account } = request.body
      const user = await people.invitations.accept(token, account)
      await signInBrowser(options, request, reply, user)
      return reply.code(201).send({ user: userView(user) })
    },
  )

  fastify.post(
    '/api/auth/register',
    {
      schema: {
        tags,
        summary: 'Make an account, where the server is open to everybody, and sign in',
        body: Type.Object(NewAccount, closed),
        response: { 201: Signed },
      },
    },
    async (request, reply) => {
      if (!registration())
        throw new BroadcastError('not-allowed', 'accounts are made by invitation: ask an administrator')
      registrations.begin(addressBlock(request.ip))
      const user = await people.users.create({ ...request.body, role: 'viewer' })
      await signInBrowser(options, request, reply, user)
      return reply.code(201).send({ user: userView(user) })
    },
  )

  fastify.post(
    '/api/auth/forgotten',
    {
      schema: {
        tags,
        summary:
          'Send a link for a new password; the answer is the same whether or not there is such an account',
        body: Type.Object({ email: Email }, closed),
      },
    },
    async (request, reply) => {
      if (!mailer)
        throw new BroadcastError('not-allowed', 'this server sends no mail: ask an administrator for a link')
      senders.begin(addressBlock(request.ip))
      letters.begin(normalEmail(request.body.email))
      const base = baseUrlOf(publicUrl, request)
      const sendLink = async () => {
        const user = await people.users.findByEmail(request.body.email)
        if (!user || user.disabledAt !== null) return
        const { token } = await people.passwordResets.make(user)
        await mailer.send(resetLetter(user.email, linkTo(base, 'reset', token)))
      }
      // Nobody waits for it: how long it takes would tell who has an account.
      sendLink().catch((error: unknown) => logger.warn({ error }, 'letter for a new password not sent'))
      return reply.code(202).send()
    },
  )

  fastify.post(
    '/api/auth/reset/look',
    {
      schema: {
        tags,
        summary: 'Whose password a link is for',
        body: Type.Object({ token: Token }, closed),
        response: { 200: Type.Object({ email: Type.String(), name: Type.String() }) },
      },
    },
    async (request) => {
      const { email, name } = await people.passwordResets.look(request.body.token)
      return { email, name }
    },
  )

  fastify.post(
    '/api/auth/reset',
    {
      schema: {
        tags,
        summary: 'Choose a new password by a link; every browser is signed out',
        body: Type.Object({ token: Token, password: Password }, closed),
      },
    },
    async (request, reply) => {
      await people.passwordResets.use(request.body.token, request.body.password)
      return reply.code(204).send()
    },
  )
}
