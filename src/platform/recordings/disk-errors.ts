import { BroadcastError } from '../../core/errors.ts'

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT'])

export const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

/** A full disk is something that callers can act on; everything else stays what it is. */
export function diskError(error: unknown): unknown {
  return NO_ROOM.has(codeOf(error) ?? '')
    ? new BroadcastError('no-space', 'there is no room on the disk', { cause: error })
    : error
}

/** Undefined for a file or folder that does not exist. */
export async function unlessMissing<Result>(found: Promise<Result>): Promise<Result | undefined> {
  try {
    return await found
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
