import type {} from '@fastify/swagger' // a route's schema may carry what the API description says of it
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BroadcastError } from '../../core/errors.ts'
import type { IceServer } from '../../core/ice-server.ts'

export const SDP = 'application/sdp'
/** Candidates that arrive after the offer: https://www.rfc-editor.org/rfc/rfc8840#section-9 */
export const TRICKLE = 'application/trickle-ice-sdpfrag'

const MAX_OFFER_BYTES = 128 * 1024
const MAX_FRAGMENT_BYTES = 16 * 1024

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Location, ETag, Link, Retry-After, WWW-Authenticate, Accept-Post, Accept-Patch',
}
const PREFLIGHT = {
  'access-control-allow-methods': 'POST, PATCH, DELETE, GET, HEAD, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, If-Match',
  'access-control-max-age': '86400',
}

/** Gives a plugin the bodies of WHIP and WHEP, and lets pages of any site read the answers: no cookie opens anything here. */
export function speakSdp(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers()
  const asIs = async (_request: FastifyRequest, body: string): Promise<string> => body
  fastify.addContentTypeParser<string>(SDP, { parseAs: 'string', bodyLimit: MAX_OFFER_BYTES }, asIs)
  fastify.addContentTypeParser<string>(TRICKLE, { parseAs: 'string', bodyLimit: MAX_FRAGMENT_BYTES }, asIs)
  fastify.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_FRAGMENT_BYTES },
    fastify.getDefaultJsonParser('error', 'error'),
  )
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.headers(CORS)
  })
}

/** Answers OPTIONS on `url`: no credentials are asked for, and none are told (RFC 9725 §4.2). */
export function answerPreflight(
  fastify: FastifyInstance,
  url: string,
  accepts: Record<string, string>,
): void {
  fastify.options(url, { schema: { hide: true } }, async (_request, reply) =>
    reply
      .headers({ ...PREFLIGHT, ...accepts })
      .code(200)
      .send(),
  )
}

/** The offer in the body. Throws `wrong-content-type` or `bad-offer`; the rest is for its media host to find out. */
export function offerIn(request: FastifyRequest): string {
  const { body } = request
  assertContentType(request, SDP)
  if (typeof body !== 'string' || !body.startsWith('v=0'))
    throw new BroadcastError('bad-offer', 'the body must be an SDP offer that begins with "v=0"')
  return body
}

/** Throws `wrong-content-type`. */
export function assertContentType({ headers }: FastifyRequest, wanted: string): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== wanted)
    throw new BroadcastError(
      'wrong-content-type',
      `the body must be ${wanted}, and its Content-Type must say so`,
    )
}

/** One value of `Link` per server URL (RFC 9725 §4.6). */
export function iceServerLinks(servers: readonly IceServer[]): string[] {
  return servers.flatMap(({ urls, username, credential }) => {
    const login =
      username === undefined || credential === undefined
        ? ''
        : `; username=${quoted(username)}; credential=${quoted(credential)}; credential-type="password"`
    return urls.map((url) => `<${url}>; rel="ice-server"${login}`)
  })
}

/** 201 with the answer and where the session lives from now on. */
export function sendAnswer(
  reply: FastifyReply,
  { sdp, location, etag, links }: { sdp: string; location: string; etag: string; links: readonly string[] },
): FastifyReply {
  if (links.length > 0) reply.header('link', [...links])
  return reply
    .code(201)
    .headers({ location, etag, 'accept-patch': TRICKLE, 'cache-control': 'no-store' })
    .type(SDP)
    .send(sdp)
}

function quoted(text: string): string {
  return `"${text.replace(/[\r\n]/g, '').replace(/["\\]/g, '\\$&')}"`
}
