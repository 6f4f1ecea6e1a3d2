import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { Name, Password, UserViewSchema, userView } from './account-views.ts'
import { type AccountsOptions, deviceOf, ownAccount, sessionIn } from './accounts-options.ts'
import { signInBrowser } from './sign-in-routes.ts'

const tags = ['Account']
const closed = { additionalProperties: false } as const
const Confirmed = Type.Object({ password: Password }, closed)
const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'Told this once; each works once.' }),
})

/** `/api/auth/me`, `…/password` and `…/totp…`: what people change of their own account. */
export async function ownAccountRoutes(instance: FastifyInstance, options: AccountsOptions): Promise<void> {
  const { people } = options
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.patch(
    '/api/auth/me',
    {
      schema: {
        tags,
        summary: 'Change the name',
        body: Type.Object({ name: Name }, closed),
        response: { 200: Type.Object({ user: UserViewSchema }) },
      },
    },
    async (request) => ({
      user: userView(await people.users.rename(sessionIn(request).person.id, request.body.name)),
    }),
  )

  fastify.post(
    '/api/auth/password',
    {
      schema: {
        tags,
        summary: 'Change the password; every other browser is signed out',
        body: Type.Object({ current: Password, next: Password }, closed),
      },
    },
    async (request, reply) => {
      const user = await ownAccount(options, request)
      await people.signIns.confirm(user, request.body.current, deviceOf(request))
      await people.users.setPassword(user, request.body.next)
      await people.signIns.endAll(user.id)
      await signInBrowser(options, request, reply, user)
      return reply.code(204).send()
    },
  )

  fastify.post(
    '/api/auth/totp',
    {
      schema: {
        tags,
        summary: 'Begin a second factor: the secret for the authenticator app',
        body: Confirmed,
        response: {
          200: Type.Object({
            secret: Type.String({ description: 'In Base32, to type it in.' }),
            uri: Type.String({ description: 'otpauth://, to show as a QR code.' }),
          }),
        },
      },
    },
    async (request) => {
      const user = await ownAccount(options, request)
      await people.signIns.confirm(user, request.body.password, deviceOf(request))
      const { secret } = await people.secondFactors.begin(user)
      return { secret, uri: keyUri(user.email, secret) }
    },
  )

  fastify.post(
    '/api/auth/totp/confirm',
    {
      schema: {
        tags,
        summary: 'Turn the second factor on, once the app shows a code',
        body: Type.Object({ code: Type.String({ maxLength: 64 }) }, closed),
        response: { 200: RecoveryCodes },
      },
    },
    async (request) => {
      const user = await ownAccount(options, request)
      return { recoveryCodes: [...(await people.secondFactors.confirm(user, request.body.code))] }
    },
  )

  fastify.post(
    '/api/auth/totp/recovery-codes',
    {
      schema: {
        tags,
        summary: 'New recovery codes; the old ones end',
        body: Confirmed,
        response: { 200: RecoveryCodes },
      },
    },
    async (request) => {
      const user = await ownAccount(options, request)
      await people.signIns.confirm(user, request.body.password, deviceOf(request))
      return { recoveryCodes: [...(await people.secondFactors.renewRecoveryCodes(user))] }
    },
  )

  fastify.post(
    '/api/auth/totp/off',
    { schema: { tags, summary: 'Turn the second factor off', body: Confirmed } },
    async (request, reply) => {
      const user = await ownAccount(options, request)
      await people.signIns.confirm(user, request.body.password, deviceOf(request))
      await people.secondFactors.turnOff(user)
      return reply.code(204).send()
    },
  )
}

/** https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
function keyUri(email: string, secret: string): string {
  return `otpauth://totp/Klieg:${encodeURIComponent(email)}?secret=${secret}&issuer=Klieg`
}
