import { BroadcastError } from '../errors.ts'
import type { Stream } from './stream-store.ts'

/** What means nothing to a policy, a key or a URL; "*", "?" and "$" would open the paths of others. */
const OWNER = /^[A-Za-z0-9_@=+-][A-Za-z0-9._@=+-]{0,127}$/
const STREAM = /^[A-Za-z0-9_-]{1,64}$/
/** Where nobody has an account. */
const NOBODY = 'open'

/** Where in the bucket a stream lies, without a slash at its end. Throws `bad-id`. */
export function storagePathOf({ ownerId, id }: Pick<Stream, 'ownerId' | 'id'>): string {
  const owner = ownerId ?? NOBODY
  if (!OWNER.test(owner))
    throw new BroadcastError('bad-id', 'the id of an owner is 1 to 128 letters, digits or any of . _ @ = + -')
  if (!STREAM.test(id)) throw new BroadcastError('bad-id', 'an id is 1 to 64 letters, digits, "-" or "_"')
  return `${owner}/${id}`
}
