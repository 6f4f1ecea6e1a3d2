import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Doorkeeper } from '../core/doorkeeper.ts'
import { visitorOf } from './visitor.ts'

type Asked = { readonly doorkeeper: Pick<Doorkeeper, 'assertMay'> }

/** Throws `unauthenticated` or `not-allowed` for whoever does not administer. */
export function assertAdministers(
  { doorkeeper }: Asked,
  { headers, ip, identity }: Pick<FastifyRequest, 'headers' | 'ip' | 'identity'>,
): void {
  doorkeeper.assertMay('administer', visitorOf(headers, ip, identity))
}

/** Makes all routes of this plugin those of administrators; no cache keeps an answer. */
export function administratorsOnly(fastify: FastifyInstance, asked: Asked): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    assertAdministers(asked, request)
  })
}
