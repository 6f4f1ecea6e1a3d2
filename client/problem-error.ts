/** Why something did not work: branch on `code`, show `message`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  /** Stable: the server's own code, or `unreachable`, `timeout`, `connection-lost`, `server-error`, … */
  readonly code: string
  /** HTTP status; 0 where there was no answer. */
  readonly status: number
  /** Seconds after which the server wants to be asked again. */
  readonly retryAfter: number | undefined

  constructor(
    code: string,
    message: string,
    {
      status = 0,
      retryAfter,
      cause,
    }: { status?: number; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.code = code
    this.status = status
    this.retryAfter = retryAfter
  }

  /** Trying again can not help. */
  get final(): boolean {
    const { status, retryAfter } = this
    if (status === 409) return retryAfter === undefined
    return status >= 400 && status < 500 && ![408, 425, 429].includes(status)
  }
}
