import { BroadcastError } from '../../core/errors.ts'
import type { IceServer } from '../../core/ice-server.ts'
import type { BroadcastState, Delivery } from '../../core/broadcast-store.ts'

export type Role = 'broadcaster' | 'viewer'

/** A candidate as browsers print it, or as they serialise it; null at the end of candidates. */
export type Candidate = string | null | { readonly candidate: string; readonly [key: string]: unknown }

/** What two peers tell each other; the server only passes it on. */
export type RelayedMessage =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: Candidate }

export type JoinMessage = { readonly type: 'join'; readonly role: Role; readonly token?: string }

export type ClientMessage = JoinMessage | (RelayedMessage & { readonly to?: string })

export type ServerMessage =
  | {
      readonly type: 'welcome'
      readonly peerId: string
      readonly delivery: Delivery
      readonly iceServers: readonly IceServer[]
      readonly state: BroadcastState
    }
  | { readonly type: 'answer'; readonly sdp: string }
  | (RelayedMessage & { readonly from: string })
  | { readonly type: 'viewer-joined' | 'viewer-left'; readonly peerId: string }
  | { readonly type: 'state'; readonly state: BroadcastState; readonly viewers: number }
  | { readonly type: 'clock'; readonly rtpTimestamp: number; readonly capturedAt: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

/** Throws `bad-request`. */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseObject(text)
  const to = optionalText(message, 'to')
  const address = to === undefined ? {} : { to }
  switch (message['type']) {
    case 'join': {
      const token = optionalText(message, 'token')
      return { type: 'join', role: roleIn(message), ...(token === undefined ? {} : { token }) }
    }
    case 'offer':
    case 'answer': {
      const sdp = message['sdp']
      if (typeof sdp !== 'string') throw refused(`"${message['type']}" needs "sdp"`)
      return { type: message['type'], sdp, ...address }
    }
    case 'candidate':
      return { type: 'candidate', candidate: candidateIn(message), ...address }
    default:
      throw refused('"type" must be "join", "offer", "answer" or "candidate"')
  }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refused('a message must be JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused('a message must be a JSON object')
  return value as Record<string, unknown>
}

function roleIn({ role }: Record<string, unknown>): Role {
  if (role === 'broadcaster' || role === 'viewer') return role
  throw refused('"role" must be "broadcaster" or "viewer"')
}

function candidateIn({ candidate }: Record<string, unknown>): Candidate {
  if (typeof candidate === 'string' || candidate === null) return candidate
  if (typeof candidate === 'object' && 'candidate' in candidate && typeof candidate.candidate === 'string')
    return { ...candidate, candidate: candidate.candidate }
  throw refused('"candidate" must be a string, a serialised RTCIceCandidate or null')
}

function optionalText(message: Record<string, unknown>, name: string): string | undefined {
  const value = message[name]
  if (value === undefined || typeof value === 'string') return value
  throw refused(`"${name}" must be a string`)
}

function refused(detail: string): BroadcastError {
  return new BroadcastError('bad-request', detail)
}
