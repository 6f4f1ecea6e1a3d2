import { Type } from 'typebox'
import { BroadcastError } from '../core/errors.ts'

/** A parameter that is a date, or a time with its zone. */
export const Moment = (description: string) =>
  Type.Optional(
    Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d(T[\\d:.]+(Z|[+-]\\d\\d:\\d\\d))?$', description }),
  )

/** Milliseconds since the epoch. Throws `bad-request` for a day that does not exist. */
export function timeIn(text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new BroadcastError('bad-request', 'this is no date')
  return time
}
