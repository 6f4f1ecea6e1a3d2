import type {
  ChatChange,
  ChatMessage,
  ChatSanction,
  ChatStore,
  ReactionBurst,
  RoomRules,
} from '../../src/core/chat/chat-store.ts'

/** Keeps in memory what was said, and can be out of order. */
export class FakeChatStore implements ChatStore {
  messages: readonly ChatMessage[] = []
  bursts: readonly ReactionBurst[] = []
  sanctions: readonly ChatSanction[] = []
  readonly slowModes = new Map<string, number>()
  /** How many changes came at once. */
  readonly batches: number[] = []
  /** While set, every call rejects with it: the database is down. */
  failure: Error | undefined

  async save(changes: readonly ChatChange[]): Promise<void> {
    this.#reach()
    this.batches.push(changes.length)
    for (const change of changes) this.#apply(change)
  }

  async rulesOf(broadcastId: string): Promise<RoomRules> {
    this.#reach()
    const sanctions = this.sanctions.filter((sanction) => sanction.broadcastId === broadcastId)
    return { slowMode: this.slowModes.get(broadcastId) ?? 0, sanctions }
  }

  async latest(
    broadcastId: string,
    { before = Infinity, limit }: { before?: number; limit: number },
  ): Promise<readonly ChatMessage[]> {
    this.#reach()
    return this.messages
      .filter((message) => message.broadcastId === broadcastId && message.at < before)
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit)
  }

  async between(
    broadcastId: string,
    { from, to, limit }: { from: number; to: number; limit: number },
  ): ReturnType<ChatStore['between']> {
    this.#reach()
    const within = <Row extends { broadcastId: string; at: number }>(rows: readonly Row[]) =>
      rows
        .filter((row) => row.broadcastId === broadcastId && row.at >= from && row.at < to)
        .toSorted((a, b) => a.at - b.at)
        .slice(0, limit)
    return { messages: within(this.messages), bursts: within(this.bursts) }
  }

  async find(broadcastId: string, id: string): Promise<ChatMessage | undefined> {
    this.#reach()
    return this.messages.find((message) => message.broadcastId === broadcastId && message.id === id)
  }

  #apply(change: ChatChange): void {
    if (change.type === 'message') this.messages = withNew(this.messages, change.message)
    else if (change.type === 'burst') this.bursts = withNew(this.bursts, change.burst)
    else if (change.type === 'sanction') this.sanctions = withNew(this.sanctions, change.sanction)
    else if (change.type === 'slow-mode') this.slowModes.set(change.broadcastId, change.seconds)
    else {
      const { broadcastId } = change
      const goes = (row: { broadcastId: string; id: string; author?: string }) =>
        row.broadcastId === broadcastId &&
        ('id' in change ? row.id === change.id : 'author' in change ? row.author === change.author : true)
      const everything = change.type === 'broadcast-removed'
      if (change.type !== 'sanction-removed') this.messages = this.messages.filter((row) => !goes(row))
      if (everything || change.type === 'sanction-removed')
        this.sanctions = this.sanctions.filter((row) => !goes(row))
      if (!everything) return
      this.bursts = this.bursts.filter((row) => !goes(row))
      this.slowModes.delete(broadcastId)
    }
  }

  #reach(): void {
    if (this.failure) throw this.failure
  }
}

function withNew<Row extends { id: string }>(rows: readonly Row[], row: Row): readonly Row[] {
  return rows.some(({ id }) => id === row.id) ? rows : [...rows, row]
}
