import type { FastifyInstance } from 'fastify'
import { BroadcastError } from '../../core/errors.ts'
import type { AccountsOptions } from './accounts-options.ts'
import { apiKeysRoutes } from './api-keys-routes.ts'
import { invitationsRoutes } from './invitations-routes.ts'
import { linkRoutes } from './link-routes.ts'
import { ownAccountRoutes } from './own-account-routes.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { usersRoutes } from './users-routes.ts'

/** Bytes; nobody's name is that long. */
const MAX_BODY = 16 * 1024

/** Everything about people over HTTP. Without accounts it is not there at all. */
export async function accountsPlugin(fastify: FastifyInstance, options: AccountsOptions): Promise<void> {
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = MAX_BODY
  })
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    // Even without a cookie: a page of another site might sign its reader in as somebody else.
    if (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site')
      throw new BroadcastError('not-allowed', 'a page of another site may not do this')
  })
  for (const routes of [
    signInRoutes,
    ownAccountRoutes,
    linkRoutes,
    usersRoutes,
    invitationsRoutes,
    apiKeysRoutes,
  ])
    await fastify.register(routes, options)
}
