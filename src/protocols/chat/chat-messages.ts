import type { ChatEvent, ChatState } from '../../core/chat/chat-room.ts'
import type { ChatRole } from '../../core/chat/chat-store.ts'
import { BroadcastError } from '../../core/errors.ts'
import { type MessageView, messageView } from './chat-view.ts'

/** What a client says first. */
export type JoinMessage = {
  readonly type: 'join'
  /** Stream key or viewer token. */
  readonly token?: string
  /** What the browser of a guest keeps to be known by. */
  readonly guest?: string
  readonly name?: string
}

/** What a client says. `ref` comes back with the answer. */
export type ClientMessage =
  | JoinMessage
  | { readonly type: 'message'; readonly text: string; readonly ref?: string }
  | { readonly type: 'name'; readonly name: string; readonly ref?: string }
  | { readonly type: 'reaction'; readonly emoji: string }

/** What the server says beside what happens in the room. */
export type ServerMessage =
  | ({
      readonly type: 'welcome'
      readonly you: {
        readonly author: string
        /** '' for a guest who has not chosen one yet. */
        readonly name: string
        readonly role: ChatRole
        readonly mayModerate: boolean
        /** To be brought to the next join. */
        readonly guest?: string
        readonly mutedUntil: string | null
      }
      readonly history: readonly MessageView[]
      readonly reactions: readonly string[]
    } & ChatState)
  | { readonly type: 'said'; readonly id: string; readonly ref: string }
  | { readonly type: 'named'; readonly name: string; readonly ref?: string }
  | {
      readonly type: 'error'
      readonly code: string
      readonly message: string
      /** Seconds. */
      readonly retryAfter?: number
      readonly ref?: string
    }

/** Throws `bad-request`. */
export function parseClientMessage(json: string): ClientMessage {
  const message = parseObject(json)
  const ref = refIn(message)
  switch (message['type']) {
    case 'join': {
      const [token, guest, name] = ['token', 'guest', 'name'].map((field) => optionalText(message, field))
      return {
        type: 'join',
        ...(token !== undefined && { token }),
        ...(guest !== undefined && { guest }),
        ...(name !== undefined && { name }),
      }
    }
    case 'message':
      return { type: 'message', text: textIn(message, 'text'), ...ref }
    case 'name':
      return { type: 'name', name: textIn(message, 'name'), ...ref }
    case 'reaction':
      return { type: 'reaction', emoji: textIn(message, 'emoji') }
    default:
      throw refused('"type" must be "join", "message", "name" or "reaction"')
  }
}

/** What happens in a room, for those in it. */
export function eventText(event: ChatEvent): string {
  if (event.type === 'message')
    return JSON.stringify({ type: 'message', message: messageView(event.message) })
  if (event.type !== 'muted') return JSON.stringify(event)
  const { type, until } = event
  return JSON.stringify({ type, until: until === null ? null : new Date(until).toISOString() })
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw refused('a message must be JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused('a message must be a JSON object')
  return value as Record<string, unknown>
}

function refIn(message: Record<string, unknown>): { ref?: string } {
  const ref = optionalText(message, 'ref')
  if (ref !== undefined && ref.length > 64) throw refused('"ref" has at most 64 characters')
  return ref === undefined ? {} : { ref }
}

function textIn(message: Record<string, unknown>, name: string): string {
  const text = optionalText(message, name)
  if (text === undefined) throw refused(`"${String(message['type'])}" needs "${name}"`)
  return text
}

function optionalText(message: Record<string, unknown>, name: string): string | undefined {
  const value = message[name]
  if (value === undefined || typeof value === 'string') return value
  throw refused(`"${name}" must be a string`)
}

function refused(detail: string): BroadcastError {
  return new BroadcastError('bad-request', detail)
}
