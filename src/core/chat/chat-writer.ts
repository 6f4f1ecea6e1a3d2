import type { Clock, Logger } from '../ports.ts'
import type { ChatChange, ChatStore } from './chat-store.ts'

export type ChatWriterOptions = {
  store: Pick<ChatStore, 'save'>
  clock: Clock
  logger: Logger
  /** Changes that wait in memory. */
  maxWaiting?: number
}

const BATCH = 500
const MAX_WAITING = 10_000
/** Milliseconds from a change to its insert, and between two attempts at a store that fails. */
const WRITE_AFTER = 1_000
const RETRY_AFTER = 5_000

/** Brings what happens in chats to the store, in order and in batches. While that fails it waits in memory. */
export class ChatWriter {
  readonly #store: Pick<ChatStore, 'save'>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #maxWaiting: number
  #waiting: ChatChange[] = []
  #running: Promise<void> | undefined
  #cancel: (() => void) | undefined
  #dropped = 0

  constructor({ store, clock, logger, maxWaiting = MAX_WAITING }: ChatWriterOptions) {
    this.#store = store
    this.#clock = clock
    this.#logger = logger
    this.#maxWaiting = maxWaiting
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Messages and bursts that were shown but will not be stored. */
  get dropped(): number {
    return this.#dropped
  }

  /** Returns at once and never throws. */
  write(change: ChatChange): void {
    this.#waiting.push(change)
    if (this.#waiting.length > this.#maxWaiting) this.#makeRoom()
    this.#cancel ??= this.#clock.after(WRITE_AFTER, () => void this.flush())
  }

  /** What waits of a broadcast that is removed is not worth keeping. */
  forget(broadcastId: string): void {
    this.#waiting = this.#waiting.filter((change) => broadcastOf(change) !== broadcastId)
    this.write({ type: 'broadcast-removed', broadcastId })
  }

  /** Resolves when what waited has been tried. Whether it is in the store is told. Never rejects. */
  async flush(): Promise<boolean> {
    while (this.#running) await this.#running
    this.#running = this.#flush().finally(() => {
      this.#running = undefined
    })
    await this.#running
    return this.#waiting.length === 0
  }

  /** One more attempt. */
  async close(): Promise<void> {
    await this.flush()
    this.#cancel?.()
    if (this.#waiting.length > 0)
      this.#logger.error({ lost: this.#waiting.length }, 'what was said last was not stored')
  }

  async #flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH)
      try {
        await this.#store.save(batch)
      } catch (error) {
        this.#logger.error(
          { error, waiting: this.#waiting.length, dropped: this.#dropped },
          'chat not stored',
        )
        this.#cancel = this.#clock.after(RETRY_AFTER, () => void this.flush())
        return
      }
      const done = new Set(batch)
      this.#waiting = this.#waiting.filter((change) => !done.has(change))
    }
  }

  /** Decisions of moderators are kept whatever happens: they are few. */
  #makeRoom(): void {
    const oldest = this.#waiting.findIndex(({ type }) => type === 'message' || type === 'burst')
    if (oldest < 0) return
    this.#waiting.splice(oldest, 1)
    this.#dropped++
  }
}

function broadcastOf(change: ChatChange): string {
  if (change.type === 'message') return change.message.broadcastId
  if (change.type === 'burst') return change.burst.broadcastId
  return change.type === 'sanction' ? change.sanction.broadcastId : change.broadcastId
}
