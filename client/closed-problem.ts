import { ProblemError } from './problem-error.ts'

/** Close codes in the words of HTTP; those that are missing are losses. */
const CLOSED: Readonly<
  Record<number, { code: string; message: string; status: number; retryAfter?: number }>
> = {
  1008: { code: 'bad-request', message: 'The server did not accept what this page said.', status: 400 },
  1009: { code: 'too-large', message: 'That is too large for the server.', status: 413 },
  1013: { code: 'overloaded', message: 'The server is busy.', status: 503, retryAfter: 3 },
  4401: { code: 'unauthenticated', message: 'This needs the right key or token.', status: 401 },
  4403: { code: 'not-allowed', message: 'This key or token does not allow it.', status: 403 },
  4404: { code: 'broadcast-not-found', message: 'There is no such broadcast.', status: 404 },
  4409: { code: 'broadcast-taken', message: 'Somebody else is publishing.', status: 409, retryAfter: 2 },
  4410: { code: 'broadcast-ended', message: 'The broadcast has ended.', status: 409, retryAfter: 3 },
}

/** Why the server closed a WebSocket, in its own words where it `told` them; undefined for a loss. */
export function closedProblem(
  code: number,
  told: { readonly code: string; readonly message: string } | undefined,
): ProblemError | undefined {
  const known = CLOSED[code]
  if (!known) return undefined
  const { status, retryAfter } = known
  return new ProblemError(told?.code ?? known.code, told?.message ?? known.message, { status, retryAfter })
}
