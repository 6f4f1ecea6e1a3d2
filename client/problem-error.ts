/** What is known of a problem beside its name. */
type ProblemDetails = {
  status?: number
  retryAfter?: number | undefined
  final?: boolean | undefined
  cause?: unknown
}

/** Why something did not work: branch on `code`, show `message`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  /** Stable: the server's own code, or `unreachable`, `timeout`, `connection-lost`, `server-error`, … */
  readonly code: string
  /** HTTP status; 0 where there was no answer. */
  readonly status: number
  /** Seconds after which the server wants to be asked again. */
  readonly retryAfter: number | undefined
  /** Trying again can not help. */
  readonly final: boolean

  constructor(code: string, message: string, details: ProblemDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.status = details.status ?? 0
    this.retryAfter = details.retryAfter
    this.final = details.final ?? isFinal(this)
  }
}

/** Of refusals, those that pass by themselves: too slow, too early, too many, and not yet or no longer free. */
function isFinal({ status, retryAfter }: ProblemError): boolean {
  if (status === 409) return retryAfter === undefined
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status)
}
