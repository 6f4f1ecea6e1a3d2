import type { ErrorCode } from '../../core/errors.ts'
import { CLOSE, closeCodeOfError } from '../close-codes.ts'

/** After these whoever is inside may go on: a moment later, or listening. */
const PASSING = new Set<ErrorCode>(['too-many-requests', 'broadcast-ended'])

/** The close code for an error that ends a chat connection; undefined for one after which the client may go on. */
export function closeCodeOf(code: ErrorCode): number | undefined {
  if (code === 'chat-banned') return CLOSE.forbidden
  return PASSING.has(code) ? undefined : closeCodeOfError(code)
}

/** The same for one at the door, where every error is the end. */
export function refusalCodeOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? (error.code as ErrorCode) : 'overloaded'
  return closeCodeOf(code) ?? closeCodeOfError(code) ?? CLOSE.policy
}
