import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authentication } from '../core/authentication.ts'
import { BroadcastError } from '../core/errors.ts'
import type { Identity } from '../core/identity.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined for everybody without an account. */
    identity: Identity | undefined
  }
}

export type RequestIdentityOptions = {
  authentication: Authentication
  /** Whether a page of this server sent the request; true without an Origin. */
  isOwnPage: (request: IncomingMessage) => boolean
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Puts on each request who is behind it. A cookie alone changes nothing: browsers attach it whoever wrote the page, so
 * that an own page must be known to have sent it.
 */
export function installRequestIdentity(
  fastify: FastifyInstance,
  { authentication, isOwnPage }: RequestIdentityOptions,
): void {
  fastify.decorateRequest('identity', undefined)
  fastify.addHook('onRequest', async (request) => {
    const identity = await identified(request, authentication)
    if (isByCookie(identity) && !SAFE.has(request.method) && !sentByOwnPage(request.raw, isOwnPage)) {
      // A key in the header is no cookie: whoever sent it knew it.
      if (request.headers.authorization !== undefined) {
        if (identity?.kind === 'host') request.identity = identity // it may be known by that very header
        return
      }
      throw new BroadcastError('not-allowed', 'only pages of this server may use its cookie')
    }
    request.identity = identity
  })
}

/** A WebSocket handshake may use the cookie only with an own Origin: it is readable by whoever opened it. */
export function mayUpgradeWith(
  identity: Identity | undefined,
  request: IncomingMessage,
  isOwnPage: RequestIdentityOptions['isOwnPage'],
): boolean {
  const { origin, authorization } = request.headers
  if (identity?.kind === 'host' && origin === undefined) return authorization !== undefined
  return !isByCookie(identity) || (origin !== undefined && isOwnPage(request))
}

/** Browsers attach it by themselves; how an application knows its users nobody can tell. */
function isByCookie(identity: Identity | undefined): boolean {
  return identity?.kind === 'session' || identity?.kind === 'host'
}

/** What Fetch Metadata or else Origin says; a browser sends at least one of them with what changes something. */
function sentByOwnPage(request: IncomingMessage, isOwnPage: RequestIdentityOptions['isOwnPage']): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site !== undefined && site !== 'same-origin') return false
  return origin === undefined ? site !== undefined : isOwnPage(request)
}

/** Where it cannot be known, what is for everybody goes on. */
async function identified(
  { headers, ip, url, raw }: FastifyRequest,
  authentication: Authentication,
): Promise<Identity | undefined> {
  try {
    return await authentication.identify(headers, ip, raw)
  } catch (error) {
    if (url.startsWith('/api/')) throw error
    return undefined
  }
}
