import { type Static, Type } from 'typebox'
import type { ChatMessage, ChatSanction } from '../../core/chat/chat-store.ts'

/** A message as the outside sees it: neither address nor account. */
export const MessageViewSchema = Type.Object({
  id: Type.String(),
  at: Type.String({ format: 'date-time' }),
  name: Type.String(),
  text: Type.String({ description: 'Text, never markup.' }),
  role: Type.String({ description: 'host, member or guest' }),
  author: Type.String({ description: 'The same for all that one person says here.' }),
})

/** How often each emoji was sent. */
export const CountsSchema = Type.Record(Type.String(), Type.Integer())

/** Somebody who may not speak, or not be there. */
export const SanctionViewSchema = Type.Object({
  id: Type.String(),
  kind: Type.String({ description: 'mute or ban' }),
  name: Type.String({ description: 'As they were called.' }),
  createdAt: Type.String({ format: 'date-time' }),
  until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
})

export type MessageView = Static<typeof MessageViewSchema>

export function messageView({ id, at, name, text, role, author }: ChatMessage): MessageView {
  return { id, at: new Date(at).toISOString(), name, text, role, author }
}

export function sanctionView({
  id,
  kind,
  name,
  createdAt,
  until,
}: ChatSanction): Static<typeof SanctionViewSchema> {
  return {
    ...{ id, kind, name },
    createdAt: new Date(createdAt).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
  }
}
