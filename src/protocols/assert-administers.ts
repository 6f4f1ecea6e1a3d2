import type { FastifyRequest } from 'fastify'
import type { Doorkeeper } from '../core/doorkeeper.ts'
import { visitorOf } from './visitor.ts'

/** Throws `unauthenticated` or `not-allowed` for whoever does not administer. */
export function assertAdministers(
  { doorkeeper }: { readonly doorkeeper: Pick<Doorkeeper, 'assertMay'> },
  { headers, ip, identity }: Pick<FastifyRequest, 'headers' | 'ip' | 'identity'>,
): void {
  doorkeeper.assertMay('administer', visitorOf(headers, ip, identity))
}
