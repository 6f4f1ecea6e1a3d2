import type { ChatMessage, ChatSanction, ReactionBurst } from '../../core/chat/chat-store.ts'

/** What somebody said. */
export type ChatMessageRow = {
  id: string
  broadcast_id: string
  at: number
  name: string
  text: string
  role: ChatMessage['role']
  author: string
  address: string | null
  person_id: string | null
}

/** `counts` is JSON. */
export type ReactionBurstRow = { id: string; broadcast_id: string; at: number; counts: string }

/** Who may not speak, or not be there. */
export type ChatSanctionRow = {
  id: string
  broadcast_id: string
  kind: ChatSanction['kind']
  author: string
  address: string | null
  name: string
  created_at: number
  until: number | null
  created_by: string | null
}

/** What was set for a room. */
export type ChatRoomRow = { broadcast_id: string; slow_mode: number }

export function messageRow({ broadcastId, personId, ...same }: ChatMessage): ChatMessageRow {
  return { ...same, broadcast_id: broadcastId, person_id: personId }
}

export function messageOf({ broadcast_id, person_id, ...same }: ChatMessageRow): ChatMessage {
  return { ...same, broadcastId: broadcast_id, personId: person_id }
}

export function burstRow({ broadcastId, counts, ...same }: ReactionBurst): ReactionBurstRow {
  return { ...same, broadcast_id: broadcastId, counts: JSON.stringify(counts) }
}

export function burstOf({ broadcast_id, counts, ...same }: ReactionBurstRow): ReactionBurst {
  return { ...same, broadcastId: broadcast_id, counts: JSON.parse(counts) as Record<string, number> }
}

export function sanctionRow({ broadcastId, createdAt, createdBy, ...same }: ChatSanction): ChatSanctionRow {
  return { ...same, broadcast_id: broadcastId, created_at: createdAt, created_by: createdBy }
}

export function sanctionOf({ broadcast_id, created_at, created_by, ...same }: ChatSanctionRow): ChatSanction {
  return { ...same, broadcastId: broadcast_id, createdAt: created_at, createdBy: created_by }
}
