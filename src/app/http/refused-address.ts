import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '../../protocols/problem.ts'
import { securityHeaders } from './security-headers.ts'

const TOO_LONG = 'FST_ERR_MAX_PARAM_LENGTH'

/** Answers for the router, which knows no hooks, where an address cannot be read; what it was is not repeated. */
export function refuseAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders(request))
  if (error.code === TOO_LONG)
    sendProblem(reply, { status: 414, code: 'too-large', detail: 'A part of this address is too long.' })
  else sendProblem(reply, { status: 400, code: 'bad-request', detail: 'This address cannot be read.' })
}
