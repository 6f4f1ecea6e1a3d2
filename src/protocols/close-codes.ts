import type { ErrorCode } from '../core/errors.ts'
import type { CloseReason } from '../core/ports.ts'

/** Close codes of our WebSockets: the standard ones (RFC 6455 §7.4) and our own, named after HTTP's. */
export const CLOSE = {
  normal: 1000,
  policy: 1008,
  restart: 1012,
  overload: 1013,
  unauthenticated: 4401,
  forbidden: 4403,
  unknown: 4404,
  taken: 4409,
  ended: 4410,
} as const

const OF_ERROR: Partial<Record<ErrorCode, number>> = {
  unauthenticated: CLOSE.unauthenticated,
  'token-expired': CLOSE.unauthenticated,
  'not-allowed': CLOSE.forbidden,
  kicked: CLOSE.forbidden,
  'open-mode-only': CLOSE.forbidden,
  'broadcast-not-found': CLOSE.unknown,
  'bad-id': CLOSE.unknown,
  'broadcast-taken': CLOSE.taken,
  'broadcast-ended': CLOSE.ended,
  overloaded: CLOSE.overload,
  'too-many-requests': CLOSE.overload,
}

const OF_REASON: Partial<Record<CloseReason, number>> = {
  ended: CLOSE.ended,
  kicked: CLOSE.forbidden,
  replaced: CLOSE.taken,
  overload: CLOSE.overload,
  shutdown: CLOSE.restart,
}

/** The close code for an error that ends a connection; undefined for one after which the client may go on. */
export function closeCodeOfError(code: ErrorCode): number | undefined {
  return OF_ERROR[code]
}

/** The same for a session that is gone; undefined where a new offer on the same connection is the cure. */
export function closeCodeOfReason(reason: CloseReason): number | undefined {
  return OF_REASON[reason]
}
