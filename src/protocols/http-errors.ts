import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BroadcastError, type ErrorCode } from '../core/errors.ts'
import { sendProblem } from './problem.ts'

/** The only place that knows how a failure looks over HTTP. A new code without a status does not compile. */
const STATUS = {
  'bad-request': 400,
  'bad-id': 400,
  'unknown-stream-type': 400,
  'bad-offer': 400,
  'bad-candidate': 400,
  'weak-password': 400,
  unauthenticated: 401,
  'wrong-credentials': 401,
  'second-factor-required': 401,
  'wrong-code': 401,
  'token-expired': 401,
  'not-allowed': 403,
  kicked: 403,
  'open-mode-only': 403,
  'broadcast-not-found': 404,
  'session-not-found': 404,
  'item-not-found': 404,
  'recording-not-found': 404,
  'stream-not-found': 404,
  'webhook-not-found': 404,
  'delivery-not-found': 404,
  'message-not-found': 404,
  'sanction-not-found': 404,
  'viewing-not-found': 404,
  'chat-off': 403,
  'chat-muted': 403,
  'chat-banned': 403,
  'user-not-found': 404,
  'key-not-found': 404,
  'invitation-not-found': 404,
  'hls-only': 406,
  'no-common-codec': 406,
  'broadcast-exists': 409,
  'broadcast-taken': 409,
  'broadcast-not-live': 409,
  'recording-not-ready': 409,
  'stream-stopped': 409,
  'broadcast-ended': 409,
  'peer-to-peer-only': 409,
  'setting-fixed': 409,
  'email-taken': 409,
  'last-admin': 409,
  'second-factor-on': 409,
  'second-factor-off': 409,
  'link-not-valid': 410,
  'precondition-failed': 412,
  'too-large': 413,
  'wrong-content-type': 415,
  'unsupported-media': 422,
  'ice-restart-unsupported': 422,
  'precondition-required': 428,
  'too-many-requests': 429,
  'storage-not-configured': 501,
  overloaded: 503,
  'storage-unavailable': 503,
  'no-space': 507,
} satisfies Record<ErrorCode, number>

/** The status of a refusal over HTTP. */
export const statusOf = (code: ErrorCode): number => STATUS[code]

/** Seconds, where whoever refused did not say: these always tell when to come back. */
const RETRY_AFTER: Partial<Record<ErrorCode, number>> = {
  'broadcast-not-live': 3,
  'broadcast-ended': 3,
  'too-many-requests': 10,
  overloaded: 5,
  'storage-unavailable': 5,
}

/** What the framework refuses by itself, in our words. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'not-allowed',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'too-slow',
  413: 'too-large' satisfies ErrorCode,
  414: 'too-large' satisfies ErrorCode,
  415: 'wrong-content-type' satisfies ErrorCode,
  429: 'too-many-requests' satisfies ErrorCode,
  503: 'overloaded' satisfies ErrorCode,
}

export type ErrorHandlerOptions = {
  /** Answers a browser that looks for a page which does not exist; without it, every 404 is a problem. */
  sendPageNotFound?: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>
}

/** Every failure and every unknown route becomes problem+json; what nobody expected is logged and not told. */
export function installErrorHandler(
  fastify: FastifyInstance,
  { sendPageNotFound }: ErrorHandlerOptions = {},
): void {
  fastify.setErrorHandler<FastifyError | BroadcastError>((error, request, reply) => {
    if (error instanceof BroadcastError) return sendRefusal(reply, error)
    const status = error.statusCode ?? 500
    if (status >= 400 && status < 500)
      return sendProblem(reply, {
        status,
        code: CODE_OF_STATUS[status] ?? 'bad-request',
        detail: error.message,
      })
    request.log.error({ error }, 'unexpected failure')
    return sendProblem(reply, {
      status: 500,
      code: 'internal',
      detail: `The server failed; its log tells more about request ${request.id}.`,
    })
  })

  fastify.setNotFoundHandler((request, reply) =>
    sendPageNotFound && wantsPage(request)
      ? sendPageNotFound(request, reply)
      : sendProblem(reply, { status: 404, code: 'not-found', detail: 'There is nothing at this address.' }),
  )
}

function sendRefusal(reply: FastifyReply, error: BroadcastError): FastifyReply {
  const retryAfter = error.retryAfter ?? RETRY_AFTER[error.code]
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  if (STATUS[error.code] === 401) reply.header('www-authenticate', 'Bearer')
  return sendProblem(reply, { status: STATUS[error.code], code: error.code, detail: error.message })
}

function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return !/^\/(api|whip|whep|ws)\//.test(url) && (headers.accept ?? '').includes('text/html')
}
