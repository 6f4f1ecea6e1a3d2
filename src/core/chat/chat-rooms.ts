import type { Broadcast } from '../broadcast.ts'
import type { Broadcasts } from '../broadcasts.ts'
import { BroadcastError } from '../errors.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import { ChatRoom } from './chat-room.ts'
import type { ChatMessage, ChatStore, ReactionBurst } from './chat-store.ts'
import { ChatWriter } from './chat-writer.ts'

export type ChatRoomsOptions = {
  broadcasts: Pick<Broadcasts, 'on'>
  store: ChatStore
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
  logger: Logger
}

type Opened = {
  readonly room: ChatRoom
  loading: Promise<void> | undefined
  isComplete: boolean
  triedAt: number
}

const HISTORY = 100
/** Rooms that nobody is in are kept in memory up to this number. */
const MAX_ROOMS = 500
/** Milliseconds between two attempts at a store that fails. */
const LOAD_AGAIN_AFTER = 5_000

/** The chat of every broadcast, and what is kept of it. */
export class ChatRooms implements AsyncDisposable {
  readonly #options: ChatRoomsOptions
  readonly #writer: ChatWriter
  readonly #rooms = new Map<string, Opened>()
  readonly #stopListening: readonly (() => void)[]

  constructor(options: ChatRoomsOptions) {
    this.#options = options
    this.#writer = new ChatWriter(options)
    const { broadcasts } = options
    this.#stopListening = [
      broadcasts.on('updated', ({ broadcast }) => this.#rooms.get(broadcast.id)?.room.update(broadcast)),
      broadcasts.on('removed', ({ broadcast: { id } }) => {
        const opened = this.#rooms.get(id)
        this.#rooms.delete(id)
        opened?.room.close()
        this.#writer.forget(id)
      }),
    ]
  }

  /** With what was said last, or without it while the store can not be read. Never rejects. */
  async open(broadcast: Broadcast): Promise<ChatRoom> {
    const opened = this.#rooms.get(broadcast.id) ?? this.#begin(broadcast)
    opened.room.update(broadcast)
    if (!opened.isComplete) await this.#complete(opened)
    return opened.room
  }

  /** Newest first. Rejects when the store can not be read. */
  async latest(
    broadcastId: string,
    page: { before?: number; limit: number },
  ): Promise<readonly ChatMessage[]> {
    await this.#writer.flush()
    return this.#options.store.latest(broadcastId, page)
  }

  /** Oldest first. Rejects when the store can not be read. */
  async between(
    broadcastId: string,
    stretch: { from: number; to: number; limit: number },
  ): Promise<{ messages: readonly ChatMessage[]; bursts: readonly ReactionBurst[] }> {
    await this.#writer.flush()
    return this.#options.store.between(broadcastId, stretch)
  }

  /** Rejects with `message-not-found`. */
  async messageOf(room: ChatRoom, id: string): Promise<ChatMessage> {
    const recent = room.history.find((message) => message.id === id)
    if (recent) return recent
    await this.#writer.flush()
    const stored = await this.#options.store.find(room.id, id)
    if (!stored) throw new BroadcastError('message-not-found', 'there is no message with this id')
    return stored
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stopListening) stop()
    await this.#writer.close()
  }

  #begin(broadcast: Broadcast): Opened {
    this.#forgetIdle()
    const { clock, secrets } = this.#options
    const room = new ChatRoom({ broadcast, clock, secrets, write: (change) => this.#writer.write(change) })
    const opened: Opened = { room, loading: undefined, isComplete: false, triedAt: -Infinity }
    this.#rooms.set(broadcast.id, opened)
    return opened
  }

  async #complete(opened: Opened): Promise<void> {
    if (!opened.loading) {
      if (this.#options.clock.monotonic() - opened.triedAt < LOAD_AGAIN_AFTER) return
      opened.loading = this.#load(opened).finally(() => {
        opened.loading = undefined
      })
    }
    await opened.loading
  }

  /** What an earlier room of this id left unwritten, or a removal, comes first. */
  async #load(opened: Opened): Promise<void> {
    const { store, logger, clock } = this.#options
    const { room } = opened
    opened.triedAt = clock.monotonic()
    if (!(await this.#writer.flush())) return
    try {
      const [rules, latest] = await Promise.all([
        store.rulesOf(room.id),
        store.latest(room.id, { limit: HISTORY }),
      ])
      room.remember(latest.toReversed(), rules)
      opened.isComplete = true
    } catch (error) {
      logger.error({ error, broadcast: room.id }, 'what was said before could not be read')
    }
  }

  #forgetIdle(): void {
    if (this.#rooms.size < MAX_ROOMS) return
    for (const [id, { room, loading }] of this.#rooms) if (room.idle && !loading) this.#rooms.delete(id)
  }
}
