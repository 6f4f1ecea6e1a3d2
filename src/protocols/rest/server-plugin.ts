import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { IceServer } from '../../core/ice-server.ts'
import type { Clock } from '../../core/ports.ts'

export type ServerPluginOptions = {
  version: string
  open: boolean
  /** Absent where there are none of our own. */
  accounts?: () => { readonly registration: boolean; readonly mail: boolean } | undefined
  /** For the client at this address: credentials are its own, and expire. */
  iceServers: (address: string) => readonly IceServer[]
  clock: Clock
}

const Ice = Type.Object({
  urls: Type.Array(Type.String()),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
})
const Person = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Type.Union([Type.Literal('admin'), Type.Literal('broadcaster'), Type.Literal('viewer')]),
})
const tags = ['Server']

/** `/api/server` and `/api/time`: what pages ask first. */
export async function serverPlugin(
  instance: FastifyInstance,
  { version, open, accounts, iceServers, clock }: ServerPluginOptions,
): Promise<void> {
  const fastify = instance.withTypeProvider<TypeBoxTypeProvider>()

  fastify.get(
    '/api/server',
    {
      schema: {
        tags,
        summary: 'What this server is, and how browsers reach it through firewalls',
        response: {
          200: Type.Object({
            name: Type.String(),
            version: Type.String(),
            open: Type.Boolean(),
            accounts: Type.Union([
              Type.Object({
                registration: Type.Boolean({ description: 'Everybody may make an account.' }),
                mail: Type.Boolean({ description: 'Links can be sent by mail.' }),
              }),
              Type.Null(),
            ]),
            user: Type.Union([Person, Type.Null()], { description: 'Who asks; null for a stranger.' }),
            iceServers: Type.Array(Ice),
          }),
        },
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send({
        name: 'klieg',
        version,
        open,
        accounts: accounts?.() ?? null,
        user: request.identity?.person ?? null,
        iceServers: iceServers(request.ip).map((server) => ({ ...server, urls: [...server.urls] })),
      }),
  )

  fastify.get(
    '/api/time',
    {
      schema: {
        tags,
        summary: 'The clock of the server, in milliseconds since the epoch',
        response: { 200: Type.Object({ now: Type.Number() }) },
      },
    },
    async (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .header('access-control-allow-origin', '*')
        .send({ now: clock.now() }),
  )
}
