import { ProblemError } from './problem-error.ts'

/** For servers that give no reason, or none that a person could read. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'The server did not understand the request.',
  401: 'This needs the right key or token.',
  403: 'This key or token does not allow it.',
  404: 'There is no such broadcast.',
  406: 'This browser and the broadcast have no codec in common.',
  409: 'The broadcast is not live.',
  410: 'The broadcast is over.',
  413: 'That is too large for the server.',
  415: 'The server does not take this kind of media.',
  422: 'The server does not take this media.',
  429: 'Too many attempts.',
  503: 'The server is busy.',
}

/** What an answer other than 2xx says: problem details (RFC 9457) where it has them. */
export async function problemIn(response: Response): Promise<ProblemError> {
  const { status, headers } = response
  const { code, detail } = await details(response)
  return new ProblemError(
    code ?? (status >= 500 ? 'server-error' : `http-${String(status)}`),
    detail ?? REASONS[status] ?? `The server answered ${String(status)}.`,
    { status, retryAfter: secondsIn(headers.get('retry-after')) },
  )
}

/** There was no answer at all. */
export function unreachable(cause: unknown): ProblemError {
  return new ProblemError('unreachable', 'The server can not be reached.', { cause })
}

async function details(response: Response): Promise<{ code?: string; detail?: string }> {
  if (!response.headers.get('content-type')?.includes('json')) return {}
  const body = (await response.json().catch(() => undefined)) as Record<string, unknown> | null | undefined
  const [code, detail] = [body?.['code'], body?.['detail']]
  return { ...(typeof code === 'string' && { code }), ...(typeof detail === 'string' && { detail }) }
}

/** Retry-After in seconds, given as seconds or as a date (RFC 9110 §10.2.3). */
function secondsIn(value: string | null): number | undefined {
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}
