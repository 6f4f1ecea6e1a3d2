import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { BroadcastRights } from '../../core/broadcast-rights.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { GuessLimit } from '../../core/guess-limit.ts'
import type { Shares } from '../../core/shares.ts'
import { baseUrlOf } from '../broadcast-view.ts'
import {
  lastsOf,
  madeTokenView,
  MadeTokenSchema,
  TokenSchema,
  TokenWishes,
  tokenView,
} from '../viewer-token-view.ts'
import { visitorOf } from '../visitor.ts'

export type SharingOptions = {
  shares: Shares
  rights: BroadcastRights
  guesses: GuessLimit
  publicUrl: string
  /** Our own accounts; absent where there are none. */
  people?: NamedPeople | undefined
}

/** Who accounts belong to. */
export type NamedPeople = {
  findByEmail(email: string): Promise<{ readonly id: string; readonly name: string } | undefined>
  /** Rejects with `user-not-found`. */
  get(id: string): Promise<{ readonly id: string; readonly name: string }>
}

const Id = Type.Object({ id: Type.String() })
const Users = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 1000 })
const Named = Type.Object({
  users: Users,
  people: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
    description: 'The same by name, where the accounts are ours and still there',
  }),
})
const Naming = Type.Object(
  {
    users: Users,
    emails: Type.Optional(
      Type.Array(Type.String({ minLength: 3, maxLength: 254 }), {
        maxItems: 100,
        description: 'and the accounts with these addresses',
      }),
    ),
  },
  { additionalProperties: false },
)
const tags = ['Sharing']

/** `/api/broadcasts/:id/viewer-tokens` and `…/viewers`: who may watch what is private. */
export async function sharingPlugin(
  instance: FastifyInstance,
  { shares, rights, guesses, publicUrl, people }: SharingOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  /** Resolves to the id of the broadcast, for whoever decides about it. */
  async function shared(request: FastifyRequest, id: string): Promise<string> {
    const visitor = visitorOf(request.headers, request.ip, request.identity)
    await guesses.guard(visitor, () => rights.enter('share', id, visitor))
    return id
  }

  async function namedIn(broadcastId: string): Promise<Static<typeof Named>> {
    const users = [...(await shares.of(broadcastId)).named]
    const known = people ? await Promise.allSettled(users.map((id) => people.get(id))) : []
    return {
      users,
      people: known.flatMap((each) =>
        each.status === 'fulfilled' ? { id: each.value.id, name: each.value.name } : [],
      ),
    }
  }

  async function idOf(email: string): Promise<string> {
    const person = await people?.findByEmail(email)
    if (!person) throw new BroadcastError('user-not-found', `nobody here has the address ${email}`)
    return person.id
  }

  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  fastify.post(
    '/api/broadcasts/:id/viewer-tokens',
    {
      schema: {
        tags,
        summary: 'A token that lets its holders watch while the broadcast is private',
        params: Id,
        body: Type.Object(TokenWishes, { additionalProperties: false }),
        response: { 201: MadeTokenSchema },
      },
      preValidation: async (request: { body: unknown }) => {
        request.body ??= {}
      },
    },
    async (request, reply) => {
      const broadcastId = await shared(request, request.params.id)
      const made = await shares.add({
        broadcastId,
        name: request.body.name ?? '',
        createdBy: request.identity?.person.id ?? null,
        lasts: lastsOf(request.body),
      })
      const url = `${baseUrlOf(publicUrl, request)}/view/${broadcastId}/?token=${made.token}`
      return reply
        .code(201)
        .header('location', `/api/broadcasts/${broadcastId}/viewer-tokens/${made.record.id}`)
        .send(madeTokenView(made, url))
    },
  )

  fastify.get(
    '/api/broadcasts/:id/viewer-tokens',
    {
      schema: {
        tags,
        summary: 'The tokens that still open it, newest first; none is told again',
        params: Id,
        response: { 200: Type.Object({ items: Type.Array(TokenSchema) }) },
      },
    },
    async (request) => {
      const broadcastId = await shared(request, request.params.id)
      return { items: (await shares.tokens(broadcastId)).map(tokenView) }
    },
  )

  fastify.delete(
    '/api/broadcasts/:id/viewer-tokens/:token',
    {
      schema: {
        tags,
        summary: 'Take a token back: whoever watches by it is cut off',
        params: Type.Object({ id: Type.String(), token: Type.String({ description: 'its id' }) }),
      },
    },
    async (request, reply) => {
      const broadcastId = await shared(request, request.params.id)
      await shares.revoke(broadcastId, request.params.token)
      return reply.code(204).send()
    },
  )

  fastify.get(
    '/api/broadcasts/:id/viewers',
    { schema: { tags, summary: 'Accounts that may watch', params: Id, response: { 200: Named } } },
    async (request) => {
      const broadcastId = await shared(request, request.params.id)
      return namedIn(broadcastId)
    },
  )

  fastify.put(
    '/api/broadcasts/:id/viewers',
    {
      schema: {
        tags,
        summary: 'Let these accounts watch, and no others',
        params: Id,
        body: Naming,
        response: { 200: Named },
      },
    },
    async (request) => {
      const broadcastId = await shared(request, request.params.id)
      const { users, emails = [] } = request.body
      const found = await Promise.all(emails.map(idOf))
      await shares.setNamed(broadcastId, [...new Set([...users, ...found])])
      return namedIn(broadcastId)
    },
  )
}
