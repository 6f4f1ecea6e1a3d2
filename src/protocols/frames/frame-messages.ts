import type { BroadcastState } from '../../core/broadcast-store.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { FrameLimit } from './frame-pace.ts'

export type FrameRole = 'publisher' | 'viewer'

export type FrameClientMessage =
  | { readonly type: 'join'; readonly role: FrameRole; readonly token?: string }
  | ({ readonly type: 'limit' } & FrameLimit)
  /** The next frame was taken then, in milliseconds by the server's clock. */
  | { readonly type: 'clock'; readonly capturedAt: number }

/** Frames per second that came, and the most that anybody took. */
export type PaceMessage = {
  readonly type: 'pace'
  readonly tooFast: boolean
  readonly sent: number
  readonly taken: number
}

export type FrameServerMessage =
  | {
      readonly type: 'welcome'
      readonly peerId: string
      readonly role: FrameRole
      readonly state: BroadcastState
    }
  | { readonly type: 'state'; readonly state: BroadcastState; readonly viewers: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string }
  /** The next frame was taken then. */
  | { readonly type: 'clock'; readonly capturedAt: number }
  | PaceMessage

/** Throws `bad-request`. */
export function parseFrameMessage(text: string): FrameClientMessage {
  const message = objectIn(text)
  switch (message['type']) {
    case 'join': {
      const { role, token } = message
      if (role !== 'publisher' && role !== 'viewer') throw refused('"role" must be "publisher" or "viewer"')
      if (token !== undefined && typeof token !== 'string') throw refused('"token" must be text')
      return { type: 'join', role, ...(token !== undefined && { token }) }
    }
    case 'limit': {
      const maxFps = positiveIn(message, 'maxFps')
      const maxBytesPerSecond = positiveIn(message, 'maxBytesPerSecond')
      return {
        type: 'limit',
        ...(maxFps !== undefined && { maxFps }),
        ...(maxBytesPerSecond !== undefined && { maxBytesPerSecond }),
      }
    }
    case 'clock': {
      const capturedAt = positiveIn(message, 'capturedAt')
      if (capturedAt === undefined) throw refused('"clock" needs "capturedAt"')
      return { type: 'clock', capturedAt }
    }
    default:
      throw refused('"type" must be "join", "limit" or "clock"')
  }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // said below
  }
  throw refused('a text message must be a JSON object; frames are binary')
}

function positiveIn(message: Record<string, unknown>, name: string): number | undefined {
  const value = message[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value
  throw refused(`"${name}" must be a number above 0`)
}

function refused(message: string): BroadcastError {
  return new BroadcastError('bad-request', message)
}
