/** Whoever runs the broadcast, somebody with an account, or somebody with a name. */
export type ChatRole = 'host' | 'member' | 'guest'

/** What somebody said. Text and name are text, never markup. */
export type ChatMessage = {
  id: string
  /** ISO 8601. */
  at: string
  name: string
  text: string
  role: ChatRole
  /** The same for all that one person says in this chat. */
  author: string
}

/** Who you are in a chat. */
export type ChatSelf = {
  author: string
  /** '' for a guest who has not chosen one yet. */
  name: string
  role: ChatRole
  mayModerate: boolean
  /** What to join with again to be the same guest; absent for accounts. */
  guest?: string
  mutedUntil: string | null
}

/** What a chat is like. */
export type ChatRoomState = {
  enabled: boolean
  /** Seconds between two messages of one person; 0 for none. */
  slowMode: number
}

/** What whoever joins is told; again after every reconnection. */
export type ChatWelcome = ChatRoomState & {
  you: ChatSelf
  /** Oldest first. */
  history: ChatMessage[]
  /** What can be sent as a reaction. */
  reactions: string[]
}

/** How often each emoji was sent. */
export type ReactionCounts = Record<string, number>

/** Somebody who may not speak, or not take part. */
export type ChatSanction = {
  id: string
  kind: 'mute' | 'ban'
  name: string
  createdAt: string
  until: string | null
}

/** What was said while a recording was made, by its seconds. */
export type RecordedChat = {
  enabled: boolean
  items: (ChatMessage & { seconds: number })[]
  reactions: { seconds: number; counts: ReactionCounts }[]
  /** Where to go on; null where that is all. */
  next: string | null
}
