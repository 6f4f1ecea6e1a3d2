import { BroadcastError } from '../../core/errors.ts'

/** What a peer adds to its offer later: https://www.rfc-editor.org/rfc/rfc8840#section-9 */
export type TrickleFragment = {
  /** Of the ICE session that the candidates belong to. */
  readonly ufrag: string | undefined
  /** Values of `a=candidate`, without that prefix. */
  readonly candidates: readonly string[]
}

const MAX_LINES = 400
const LINE = /^[a-z]=[^\r\n]*$/
/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, type. */
const CANDIDATE =
  /^[\w+/]{1,32} \d{1,5} [\w-]{1,16} \d{1,10} [\w.:%-]{1,255} \d{1,5} typ [\w-]{1,16}(?: [\x21-\x7e]+)*$/
const MAX_CANDIDATE_LENGTH = 512

/** Throws `bad-candidate`. */
export function parseTrickleFragment(fragment: string): TrickleFragment {
  const lines = fragment.split(/\r\n|\n|\r/, MAX_LINES + 1).filter((line) => line !== '')
  if (lines.length === 0 || lines.length > MAX_LINES) throw malformed()
  const candidates = new Set<string>()
  let ufrag: string | undefined
  for (const line of lines) {
    if (!LINE.test(line)) throw malformed()
    if (line.startsWith('a=ice-ufrag:')) ufrag = line.slice('a=ice-ufrag:'.length)
    if (line.startsWith('a=candidate:')) candidates.add(parseCandidate(line.slice('a='.length)))
  }
  return { ufrag, candidates: [...candidates] }
}

/** Takes `candidate:…` and gives what follows the colon. Throws `bad-candidate`. */
export function parseCandidate(attribute: string): string {
  const candidate = attribute.replace(/^candidate:/, '').trimEnd()
  if (candidate.length > MAX_CANDIDATE_LENGTH || !CANDIDATE.test(candidate)) throw malformed()
  return candidate
}

function malformed(): BroadcastError {
  return new BroadcastError('bad-candidate', 'this is not a trickle ICE fragment with candidates (RFC 8840)')
}
