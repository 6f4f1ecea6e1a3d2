import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'

/** Problem details for HTTP APIs: https://www.rfc-editor.org/rfc/rfc9457 */
export type Problem = {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  /** Stable; programs branch on it. */
  readonly code: string
  /** For people. */
  readonly detail: string
}

/** Answers with a problem; headers that were already set stay. */
export function sendProblem(
  reply: FastifyReply,
  { status, code, detail }: Pick<Problem, 'status' | 'code' | 'detail'>,
): FastifyReply {
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
  }
  // As bytes, for the framework adds a charset to text, which this media type does not have.
  return reply
    .code(status)
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)))
}
