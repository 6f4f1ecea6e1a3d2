import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { BroadcastError } from '../../core/errors.ts'
import '../audited.ts'
import type { User } from '../../core/people/user-store.ts'
import { SignInViewSchema, signInView, Email, Password, UserViewSchema, userView } from './account-views.ts'
import { type AccountsOptions, deviceOf, sessionIn } from './accounts-options.ts'

const tags = ['Sign-in']
const Signed = Type.Object({ user: UserViewSchema })

/** Signs a browser in that has shown who it is; what it was before ends, so that no old cookie becomes a new one. */
export async function signInBrowser(
  { people, cookie }: Pick<AccountsOptions, 'people' | 'cookie'>,
  request: FastifyRequest,
  reply: FastifyReply,
  user: User,
): Promise<void> {
  const before = cookie.tokenIn(request)
  if (before !== undefined) await people.signIns.leave(before)
  cookie.set(request, reply, await people.signIns.open(user, deviceOf(request)))
  request.audited = { actor: { id: user.id, name: user.name } }
}

/** `/api/auth/…`: in and out. */
export async function signInRoutes(instance: FastifyInstance, options: AccountsOptions): Promise<void> {
  const { people, cookie } = options
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.post(
    '/api/auth/sign-in',
    {
      schema: {
        tags,
        summary: 'Sign in; 401 `second-factor-required` asks for the code as well',
        body: Type.Object(
          {
            email: Email,
            password: Password,
            code: Type.Optional(
              Type.String({ maxLength: 64, description: 'Of the authenticator app, or a recovery code.' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Signed },
      },
    },
    async (request, reply) => {
      const user = await people.signIns.check(request.body, deviceOf(request))
      await signInBrowser(options, request, reply, user)
      return { user: userView(await people.users.get(user.id)) }
    },
  )

  fastify.post(
    '/api/auth/sign-out',
    { schema: { tags, summary: 'Sign this browser out' } },
    async (request, reply) => {
      const token = cookie.tokenIn(request)
      if (token !== undefined) await people.signIns.leave(token)
      cookie.clear(request, reply)
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/auth/sign-out-everywhere',
    { schema: { tags, summary: 'Sign every browser of this account out' } },
    async (request, reply) => {
      await people.signIns.endAll(sessionIn(request).person.id)
      cookie.clear(request, reply)
      return reply.code(204).send()
    },
  )

  fastify.get(
    '/api/auth/me',
    {
      schema: {
        tags,
        summary: 'Who asks; `user` is null for everybody without a sign-in',
        response: { 200: Type.Object({ user: Type.Union([UserViewSchema, Type.Null()]) }) },
      },
    },
    async (request) => {
      const { identity } = request
      if (identity) return { user: userView(await people.users.get(identity.person.id)) }
      if (request.headers.authorization !== undefined)
        throw new BroadcastError('unauthenticated', 'this is no API key, or it has expired or was revoked')
      return { user: null }
    },
  )

  fastify.get(
    '/api/auth/sign-ins',
    {
      schema: {
        tags,
        summary: 'Where this account is signed in, latest seen first',
        response: { 200: Type.Object({ items: Type.Array(SignInViewSchema) }) },
      },
    },
    async (request) => {
      const { person, sessionId } = sessionIn(request)
      return { items: (await people.signIns.list(person.id)).map((each) => signInView(each, sessionId)) }
    },
  )

  fastify.delete(
    '/api/auth/sign-ins/:id',
    { schema: { tags, summary: 'Sign one browser out', params: Type.Object({ id: Type.String() }) } },
    async (request, reply) => {
      const { person, sessionId } = sessionIn(request)
      if (!(await people.signIns.end(person.id, request.params.id)))
        throw new BroadcastError('session-not-found', 'this browser is not signed in')
      if (request.params.id === sessionId) cookie.clear(request, reply)
      return reply.code(204).send()
    },
  )
}
