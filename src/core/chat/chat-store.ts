/** What somebody is in a chat: whoever runs the broadcast, somebody with an account, or somebody with a name. */
export type ChatRole = 'host' | 'member' | 'guest'

/** What somebody said. `at` is in milliseconds since the epoch and grows with each message of a room. */
export type ChatMessage = {
  readonly id: string
  readonly broadcastId: string
  readonly at: number
  readonly name: string
  readonly text: string
  readonly role: ChatRole
  /** The same for all that one person says here, and of no use elsewhere. */
  readonly author: string
  /** The same for everybody behind one address here; null where addresses say nothing. */
  readonly address: string | null
  /** Account; null for guests. */
  readonly personId: string | null
}

/** How often each emoji was sent within a moment. */
export type ReactionBurst = {
  readonly id: string
  readonly broadcastId: string
  /** End of the moment. */
  readonly at: number
  readonly counts: Readonly<Record<string, number>>
}

/** `mute`: may not speak for a while. `ban`: may not take part at all. */
export type ChatSanction = {
  readonly id: string
  readonly broadcastId: string
  readonly kind: 'mute' | 'ban'
  readonly author: string
  /** A banned guest's, who could come back as another one; else null. */
  readonly address: string | null
  /** As they were called. */
  readonly name: string
  readonly createdAt: number
  /** Null for good. */
  readonly until: number | null
  /** Account of the moderator; null where they have none. */
  readonly createdBy: string | null
}

/** Something to keep. Doing it twice does no harm. */
export type ChatChange =
  | { readonly type: 'message'; readonly message: ChatMessage }
  | { readonly type: 'burst'; readonly burst: ReactionBurst }
  | { readonly type: 'sanction'; readonly sanction: ChatSanction }
  | { readonly type: 'slow-mode'; readonly broadcastId: string; readonly seconds: number }
  | { readonly type: 'message-removed'; readonly broadcastId: string; readonly id: string }
  | { readonly type: 'author-removed'; readonly broadcastId: string; readonly author: string }
  | { readonly type: 'sanction-removed'; readonly broadcastId: string; readonly id: string }
  | { readonly type: 'broadcast-removed'; readonly broadcastId: string }

/** What holds for a room beside its messages. */
export type RoomRules = {
  /** Seconds between two messages of one person; 0 for none. */
  readonly slowMode: number
  readonly sanctions: readonly ChatSanction[]
}

/** Keeps what was said. Implementations: the database, and a fake that remembers. */
export interface ChatStore {
  /** All or none, in order. */
  save(changes: readonly ChatChange[]): Promise<void>
  rulesOf(broadcastId: string): Promise<RoomRules>
  /** Newest first, said before `before`. */
  latest(
    broadcastId: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly ChatMessage[]>
  /** Oldest first, said at `from` or after and before `to`; at most `limit` of each. */
  between(
    broadcastId: string,
    stretch: { readonly from: number; readonly to: number; readonly limit: number },
  ): Promise<{ readonly messages: readonly ChatMessage[]; readonly bursts: readonly ReactionBurst[] }>
  find(broadcastId: string, id: string): Promise<ChatMessage | undefined>
}
