import type { ChatMessage, ChatRoomState, ChatSelf, ChatWelcome } from '../../client/index.ts'

/** What a page knows of a chat. */
export type ChatLog = ChatRoomState & {
  readonly you: ChatSelf | undefined
  /** Oldest first. */
  readonly messages: readonly ChatMessage[]
  readonly reactions: readonly string[]
}

/** What changes it. */
export type ChatChange =
  | { type: 'welcome'; welcome: ChatWelcome }
  | { type: 'message'; message: ChatMessage }
  | { type: 'deleted'; id?: string; author?: string }
  | { type: 'state'; state: ChatRoomState }
  | { type: 'muted'; until: string | null }
  | { type: 'named'; name: string }

export const EMPTY_LOG: ChatLog = { you: undefined, messages: [], reactions: [], enabled: true, slowMode: 0 }
/** What was said before is in the way of the browser, and nobody reads it. */
const MAX_MESSAGES = 300

/** The log after a change. */
export function chatLogAfter(log: ChatLog, change: ChatChange): ChatLog {
  switch (change.type) {
    case 'welcome': {
      const { history: messages, you, reactions, enabled, slowMode } = change.welcome
      return { you, messages, reactions, enabled, slowMode }
    }
    case 'message':
      if (log.messages.some(({ id }) => id === change.message.id)) return log
      return { ...log, messages: [...log.messages, change.message].slice(-MAX_MESSAGES) }
    case 'deleted':
      return {
        ...log,
        messages: log.messages.filter(({ id, author }) => id !== change.id && author !== change.author),
      }
    case 'state': {
      const { enabled, slowMode } = change.state
      return { ...log, enabled, slowMode, messages: enabled ? log.messages : [] }
    }
    case 'muted':
      return { ...log, ...(log.you && { you: { ...log.you, mutedUntil: change.until } }) }
    case 'named':
      return { ...log, ...(log.you && { you: { ...log.you, name: change.name } }) }
  }
}

/** How many of others came after the message with this id; all when it is no longer known. */
export function unreadAfter(log: ChatLog, lastRead: string | undefined): number {
  const read = log.messages.findIndex(({ id }) => id === lastRead)
  return log.messages.slice(read + 1).filter(({ author }) => author !== log.you?.author).length
}
