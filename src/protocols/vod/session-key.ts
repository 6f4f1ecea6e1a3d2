import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Apple's players send the first; pages that want to be told apart send the parameter. */
const SESSION_HEADER = 'x-playback-session-id'
const MAX_LENGTH = 128

/** The same for all requests of one player, as far as requests tell; says nothing of who it is. */
export function sessionKeyOf(visitor: {
  address: string
  userId: string | undefined
  headers: IncomingHttpHeaders
  session: string | undefined
}): string {
  const { address, userId = '', headers, session = '' } = visitor
  const told = [headers[SESSION_HEADER] ?? session].flat().join().slice(0, MAX_LENGTH)
  const who = JSON.stringify([address, userId, headers['user-agent'] ?? '', told])
  return hash('sha256', who, 'base64url').slice(0, 22)
}
