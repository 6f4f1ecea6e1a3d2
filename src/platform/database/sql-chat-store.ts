import type { Kysely, Transaction } from 'kysely'
import type { ChatChange, ChatMessage, ChatStore, RoomRules } from '../../core/chat/chat-store.ts'
import { burstOf, burstRow, messageOf, messageRow, sanctionOf, sanctionRow } from './chat-row.ts'
import type { Schema } from './schema.ts'

type ChangeOf<Type extends ChatChange['type']> = Extract<ChatChange, { type: Type }>

/** Keeps in SQL what was said. */
export class SqlChatStore implements ChatStore {
  readonly #database: Kysely<Schema>

  constructor(database: Kysely<Schema>) {
    this.#database = database
  }

  async save(changes: readonly ChatChange[]): Promise<void> {
    if (changes.length === 0) return
    await this.#database.transaction().execute(async (transaction) => {
      for (const run of runsOf(changes)) await saveRun(transaction, run)
    })
  }

  async rulesOf(broadcastId: string): Promise<RoomRules> {
    const room = await this.#database
      .selectFrom('chat_room')
      .select('slow_mode')
      .where('broadcast_id', '=', broadcastId)
      .executeTakeFirst()
    const rows = await this.#database
      .selectFrom('chat_sanction')
      .selectAll()
      .where('broadcast_id', '=', broadcastId)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return { slowMode: room?.slow_mode ?? 0, sanctions: rows.map(sanctionOf) }
  }

  async latest(
    broadcastId: string,
    { before, limit }: { before?: number; limit: number },
  ): Promise<readonly ChatMessage[]> {
    let query = this.#database.selectFrom('chat_message').selectAll().where('broadcast_id', '=', broadcastId)
    if (before !== undefined) query = query.where('at', '<', before)
    return (await query.orderBy('at', 'desc').limit(limit).execute()).map(messageOf)
  }

  async between(
    broadcastId: string,
    { from, to, limit }: { from: number; to: number; limit: number },
  ): ReturnType<ChatStore['between']> {
    const messages = await this.#database
      .selectFrom('chat_message')
      .selectAll()
      .where('broadcast_id', '=', broadcastId)
      .where('at', '>=', from)
      .where('at', '<', to)
      .orderBy('at')
      .limit(limit)
      .execute()
    const bursts = await this.#database
      .selectFrom('reaction_burst')
      .selectAll()
      .where('broadcast_id', '=', broadcastId)
      .where('at', '>=', from)
      .where('at', '<', to)
      .orderBy('at')
      .limit(limit)
      .execute()
    return { messages: messages.map(messageOf), bursts: bursts.map(burstOf) }
  }

  async find(broadcastId: string, id: string): Promise<ChatMessage | undefined> {
    const row = await this.#database
      .selectFrom('chat_message')
      .selectAll()
      .where('broadcast_id', '=', broadcastId)
      .where('id', '=', id)
      .executeTakeFirst()
    return row && messageOf(row)
  }
}

/** Changes of one kind that follow each other are made at once. */
function runsOf(changes: readonly ChatChange[]): ChatChange[][] {
  const runs: ChatChange[][] = []
  for (const change of changes) {
    const run = runs.at(-1)
    if (run?.[0]?.type === change.type) run.push(change)
    else runs.push([change])
  }
  return runs
}

async function saveRun(database: Transaction<Schema>, run: readonly ChatChange[]): Promise<void> {
  const [first] = run
  if (first?.type === 'message')
    await database
      .insertInto('chat_message')
      .values((run as readonly ChangeOf<'message'>[]).map(({ message }) => messageRow(message)))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  else if (first?.type === 'burst')
    await database
      .insertInto('reaction_burst')
      .values((run as readonly ChangeOf<'burst'>[]).map(({ burst }) => burstRow(burst)))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  else for (const change of run) await saveDecision(database, change)
}

async function saveDecision(database: Transaction<Schema>, change: ChatChange): Promise<void> {
  if (change.type === 'sanction') {
    const row = sanctionRow(change.sanction)
    await database
      .insertInto('chat_sanction')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  } else if (change.type === 'slow-mode') {
    const slow_mode = change.seconds
    await database
      .insertInto('chat_room')
      .values({ broadcast_id: change.broadcastId, slow_mode })
      .onConflict((conflict) => conflict.column('broadcast_id').doUpdateSet({ slow_mode }))
      .execute()
  } else if (change.type === 'message-removed')
    await database
      .deleteFrom('chat_message')
      .where('broadcast_id', '=', change.broadcastId)
      .where('id', '=', change.id)
      .execute()
  else if (change.type === 'author-removed')
    await database
      .deleteFrom('chat_message')
      .where('broadcast_id', '=', change.broadcastId)
      .where('author', '=', change.author)
      .execute()
  else if (change.type === 'sanction-removed')
    await database
      .deleteFrom('chat_sanction')
      .where('broadcast_id', '=', change.broadcastId)
      .where('id', '=', change.id)
      .execute()
  else if (change.type === 'broadcast-removed')
    for (const table of ['chat_message', 'reaction_burst', 'chat_sanction', 'chat_room'] as const)
      await database.deleteFrom(table).where('broadcast_id', '=', change.broadcastId).execute()
}
