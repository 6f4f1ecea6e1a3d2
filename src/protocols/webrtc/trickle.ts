import { BroadcastError } from '../../core/errors.ts'
import { parseTrickleFragment } from './trickle-fragment.ts'
import type { WebRtcSession } from './webrtc-session.ts'

/** More candidates than any honest peer has. */
const MAX_CANDIDATES = 100

/**
 * A PATCH of a WHIP or WHEP session: more candidates (RFC 9725 §4.3). The transport cannot restart ICE; asking
 * for it rejects with `ice-restart-unsupported`, and the session lives on.
 */
export async function trickle(
  session: WebRtcSession,
  ifMatch: string | undefined,
  fragment: string,
): Promise<void> {
  if (ifMatch === undefined)
    throw new BroadcastError('precondition-required', 'If-Match must name the ETag of the session')
  if (!matches(ifMatch, session.etag))
    throw new BroadcastError('precondition-failed', 'this is not the ETag of the session')
  const { ufrag, candidates } = parseTrickleFragment(fragment)
  if (ufrag !== undefined && ufrag !== session.remoteUfrag)
    throw new BroadcastError('ice-restart-unsupported', 'ICE cannot be restarted: make a new session instead')
  await addCandidates(
    session,
    candidates.filter((candidate) => belongs(candidate, session.remoteUfrag)),
  )
}

/** Hands candidates to the session's host. Rejects with `too-many-requests` beyond what one peer can need. */
export async function addCandidates(session: WebRtcSession, candidates: readonly string[]): Promise<void> {
  if (candidates.length === 0) return
  if (session.candidates + candidates.length > MAX_CANDIDATES)
    throw new BroadcastError('too-many-requests', 'too many candidates for one session')
  session.candidates += candidates.length
  await session.host.addCandidates(session.id, candidates)
}

/** `*` may come quoted: RFC 9725 writes it so in an example. A weak ETag never matches (RFC 9110 §13.1.1). */
function matches(ifMatch: string, etag: string): boolean {
  return ifMatch.split(',').some((tag) => ['*', '"*"', etag].includes(tag.trim()))
}

/** A candidate may say itself which ICE session it belongs to. */
function belongs(candidate: string, ufrag: string | undefined): boolean {
  const named = / ufrag (\S+)/.exec(candidate)?.[1]
  return named === undefined || ufrag === undefined || named === ufrag
}
