import { Broadcast, type BroadcastFact } from './broadcast.ts'
import type {
  BroadcastQuery,
  BroadcastRecord,
  BroadcastStore,
  Delivery,
  Visibility,
} from './broadcast-store.ts'
import { Emitter } from './emitter.ts'
import { BroadcastError } from './errors.ts'
import type { Clock, Logger } from './ports.ts'
import type { Secrets } from './secrets.ts'

export type BroadcastsEvents = Record<BroadcastFact, { readonly broadcast: Broadcast }>

export type NewBroadcast = {
  /** Public id; made when absent. */
  id?: string
  title?: string
  visibility?: Visibility
  record?: boolean
  delivery?: Delivery
}

export type BroadcastsOptions = {
  store: BroadcastStore
  secrets: Secrets
  clock: Clock
  logger: Logger
  /** Milliseconds; see `Broadcast`. */
  reconnectGrace: number
}

const ID = /^[A-Za-z0-9_-]{1,64}$/
/** How many unused broadcasts stay in memory; the others are read from the store when asked for. */
const MAX_IDLE = 1000

/** Every broadcast of this server by id: those in use live in memory, all of them in the store. */
export class Broadcasts {
  readonly #store: BroadcastStore
  readonly #secrets: Secrets
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #reconnectGrace: number
  readonly #events: Emitter<BroadcastsEvents>
  readonly #loaded = new Map<string, Broadcast>()
  readonly #loading = new Map<string, Promise<Broadcast | undefined>>()
  readonly #unknownKeyHash: string
  #saving: Promise<void> = Promise.resolve()

  /** Ends what an earlier process left live, then is ready. */
  static async open(options: BroadcastsOptions): Promise<Broadcasts> {
    const interrupted = await options.store.endInterrupted(options.clock.now())
    if (interrupted > 0) options.logger.warn({ interrupted }, 'broadcasts ended by the last shutdown')
    return new Broadcasts(options)
  }

  private constructor({ store, secrets, clock, logger, reconnectGrace }: BroadcastsOptions) {
    this.#store = store
    this.#secrets = secrets
    this.#clock = clock
    this.#logger = logger
    this.#reconnectGrace = reconnectGrace
    this.#unknownKeyHash = secrets.hash(secrets.newStreamKey())
    this.#events = new Emitter((error) => logger.error({ error }, 'broadcast listener failed'))
  }

  on<Name extends BroadcastFact>(name: Name, listener: (fact: BroadcastsEvents[Name]) => void): () => void {
    return this.#events.on(name, listener)
  }

  /** The stream key is told this once. Rejects with `bad-id` or `broadcast-exists`. */
  async create(wanted: NewBroadcast): Promise<{ broadcast: Broadcast; streamKey: string }> {
    const id = wanted.id ?? this.#secrets.newId()
    if (!ID.test(id)) throw new BroadcastError('bad-id', 'an id is 1 to 64 letters, digits, "-" or "_"')
    const streamKey = this.#secrets.newStreamKey()
    const record: BroadcastRecord = {
      id,
      title: wanted.title ?? '',
      visibility: wanted.visibility ?? 'public',
      record: wanted.record ?? true,
      delivery: wanted.delivery ?? 'sfu',
      state: 'created',
      keyHash: this.#secrets.hash(streamKey),
      createdAt: this.#clock.now(),
      startedAt: null,
      endedAt: null,
    }
    await this.#store.insert(record)
    const broadcast = this.#adopt(record)
    this.#events.emit('created', { broadcast })
    return { broadcast, streamKey }
  }

  /** Undefined when no broadcast has this id, well-formed or not. */
  async find(id: string): Promise<Broadcast | undefined> {
    const loaded = this.#loaded.get(id)
    if (loaded) return loaded
    if (!ID.test(id)) return undefined
    let loading = this.#loading.get(id)
    if (!loading) {
      loading = this.#load(id).finally(() => this.#loading.delete(id))
      this.#loading.set(id, loading)
    }
    return loading
  }

  /** Rejects with `broadcast-not-found`. */
  async get(id: string): Promise<Broadcast> {
    const broadcast = await this.find(id)
    if (!broadcast) throw new BroadcastError('broadcast-not-found', 'there is no broadcast with this id')
    return broadcast
  }

  /** Newest first; those in memory are returned as they are now. */
  async list(query: BroadcastQuery): Promise<{ broadcasts: readonly Broadcast[]; total: number }> {
    await this.#saving
    const { records, total } = await this.#store.list(query)
    return { broadcasts: records.map((record) => this.#adopt(record)), total }
  }

  /** The broadcast that `key` may publish to. An unknown id and a wrong key are the same `unauthenticated`. */
  async authorize(id: string, key: string): Promise<Broadcast> {
    const broadcast = await this.find(id)
    const right = this.#secrets.matches(key, broadcast?.record.keyHash ?? this.#unknownKeyHash)
    if (!broadcast || !right)
      throw new BroadcastError('unauthenticated', 'this stream key does not open this broadcast')
    return broadcast
  }

  /** The old key opens nothing from now on; a publisher that used it is cut off. */
  async rotateKey(broadcast: Broadcast): Promise<string> {
    const streamKey = this.#secrets.newStreamKey()
    broadcast.setKeyHash(this.#secrets.hash(streamKey))
    await this.#save(broadcast)
    await broadcast.publisher?.close('kicked')
    return streamKey
  }

  /** Stops it and forgets it. */
  async remove(broadcast: Broadcast): Promise<void> {
    await broadcast.stop('kicked')
    this.#loaded.delete(broadcast.id)
    await this.#saving
    await this.#store.remove(broadcast.id)
    this.#events.emit('removed', { broadcast })
  }

  /** Ends everything that runs and waits until the store knows. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#loaded.values()].map((broadcast) => broadcast.stop('shutdown')))
    await this.#saving
  }

  async #load(id: string): Promise<Broadcast | undefined> {
    const record = await this.#store.find(id)
    return record && this.#adopt(record)
  }

  /** There is never more than one object for one broadcast. */
  #adopt(record: BroadcastRecord): Broadcast {
    const loaded = this.#loaded.get(record.id)
    if (loaded) return loaded
    this.#forgetIdle()
    const broadcast = new Broadcast({
      record,
      clock: this.#clock,
      reconnectGrace: this.#reconnectGrace,
      onFact: (changed, fact) => this.#announce(changed, fact),
    })
    this.#loaded.set(record.id, broadcast)
    return broadcast
  }

  #announce(broadcast: Broadcast, fact: BroadcastFact): void {
    void this.#save(broadcast)
    this.#events.emit(fact, { broadcast })
  }

  /** Writes are made one after the other, so that the last state wins. */
  #save(broadcast: Broadcast): Promise<void> {
    this.#saving = this.#saving
      .then(() => this.#store.update(broadcast.record))
      .catch((error: unknown) =>
        this.#logger.error({ error, broadcast: broadcast.id }, 'broadcast not saved'),
      )
    return this.#saving
  }

  #forgetIdle(): void {
    if (this.#loaded.size < 2 * MAX_IDLE) return
    for (const [id, broadcast] of this.#loaded) {
      if (this.#loaded.size <= MAX_IDLE) return
      if (broadcast.idle) this.#loaded.delete(id)
    }
  }
}
