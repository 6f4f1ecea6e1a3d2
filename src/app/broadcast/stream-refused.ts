import { BroadcastError, type ErrorCode } from '../../core/errors.ts'
import { statusOf } from '../../protocols/http-errors.ts'

/** Why a stream is not started or stopped. Express and Fastify answer with its `statusCode` by themselves. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused'
  /** Stable: branch on it. */
  readonly code: ErrorCode
  /** 400, 403, 404, 409 or 503. */
  readonly statusCode: number
  /** The message may be shown to whoever asked. */
  readonly expose = true

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.statusCode = statusOf(code)
  }
}

/** What the domain refuses, with a status; anything else goes on as it is. */
export async function refusing<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof BroadcastError) throw new StreamRefused(error.code, error.message, { cause: error })
    throw error
  }
}
