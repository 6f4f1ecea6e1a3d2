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
import type { Session } from './session.ts'

export type BroadcastsEvents = Record<BroadcastFact, { readonly broadcast: Broadcast }> & {
  /** Somebody watches from now until `viewer.closed`. */
  viewerJoined: { readonly broadcast: Broadcast; readonly viewer: Session }
}

export type NewBroadcast = {
  /** Public id; made when absent. */
  id?: string
  ownerId?: string | undefined
  title?: string
  visibility?: Visibility
  record?: boolean
  delivery?: Delivery
  chat?: boolean
}

export type BroadcastsOptions = {
  store: BroadcastStore
  secrets: Secrets
  clock: Clock
  logger: Logger
  /** Milliseconds; see `Broadcast`. */
  reconnectGrace: number | (() => number)
  /** What holds for a new broadcast where whoever makes it does not say; both are true when absent. */
  defaults?: { readonly record: boolean; readonly chat: boolean }
}

const ID = /^[A-Za-z0-9_-]{1,64}$/
/** How many unused broadcasts stay in memory; the others are read from the store when asked for. */
const MAX_IDLE = 1000
/** Pictures of broadcasts that are over; they are in memory, and up to half a megabyte each. */
const MAX_PICTURES_OF_ENDED = 100
/** Milliseconds between two attempts at a store that fails. */
const SAVE_AGAIN_AFTER = 1000

/** Every broadcast of this server by id: those in use live in memory, all of them in the store. */
export class Broadcasts {
  readonly #store: BroadcastStore
  readonly #secrets: Secrets
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #reconnectGrace: number | (() => number)
  readonly #defaults: { readonly record: boolean; readonly chat: boolean }
  readonly #events: Emitter<BroadcastsEvents>
  readonly #loaded = new Map<string, Broadcast>()
  readonly #loading = new Map<string, Promise<Broadcast | undefined>>()
  readonly #unknownKeyHash: string
  /** What the store was last told of each. */
  readonly #told = new WeakMap<Broadcast, BroadcastRecord>()
  readonly #unsaved = new Set<Broadcast>()
  readonly #removing = new Set<string>()
  /** Those that ended last, the latest at the end. */
  readonly #endedLast = new Set<Broadcast>()
  #saving: Promise<void> | undefined
  #cancelRetry: (() => void) | undefined
  /** Counts removals, so that what was read before one is not believed after it. */
  #removals = 0

  /** Ends what an earlier process left live, then is ready. */
  static async open(options: BroadcastsOptions): Promise<Broadcasts> {
    const interrupted = await options.store.endInterrupted(options.clock.now())
    if (interrupted > 0) options.logger.warn({ interrupted }, 'broadcasts ended by the last shutdown')
    return new Broadcasts(options)
  }

  private constructor({ store, secrets, clock, logger, reconnectGrace, defaults }: BroadcastsOptions) {
    this.#store = store
    this.#secrets = secrets
    this.#clock = clock
    this.#logger = logger
    this.#reconnectGrace = reconnectGrace
    this.#defaults = defaults ?? { record: true, chat: true }
    this.#unknownKeyHash = secrets.hash(secrets.newStreamKey())
    this.#events = new Emitter((error) => logger.error({ error }, 'broadcast listener failed'))
  }

  on<Name extends keyof BroadcastsEvents>(
    name: Name,
    listener: (fact: BroadcastsEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  /** The stream key is told this once. Rejects with `bad-id` or `broadcast-exists`. */
  async create(wanted: NewBroadcast): Promise<{ broadcast: Broadcast; streamKey: string }> {
    const id = wanted.id ?? this.#secrets.newId()
    if (!ID.test(id)) throw new BroadcastError('bad-id', 'an id is 1 to 64 letters, digits, "-" or "_"')
    if (this.#removing.has(id)) throw new BroadcastError('broadcast-exists', 'this id is just being removed')
    const streamKey = this.#secrets.newStreamKey()
    const record: BroadcastRecord = {
      id,
      ownerId: wanted.ownerId ?? null,
      title: wanted.title ?? '',
      visibility: wanted.visibility ?? 'public',
      record: wanted.record ?? this.#defaults.record,
      delivery: wanted.delivery ?? 'sfu',
      chat: wanted.chat ?? this.#defaults.chat,
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
    if (loaded) {
      this.#loaded.delete(id) // to the end of the queue of those that may be forgotten
      this.#loaded.set(id, loaded)
      return loaded
    }
    if (!ID.test(id) || this.#removing.has(id)) return undefined
    let loading = this.#loading.get(id)
    if (!loading) {
      loading = this.#load(id).finally(() => this.#loading.delete(id))
      this.#loading.set(id, loading)
    }
    return loading
  }

  /** What has this id and is in memory, as everything live is. */
  loaded(id: string): Broadcast | undefined {
    return this.#loaded.get(id)
  }

  /** Those with a publisher or viewers now. */
  inUse(): readonly Broadcast[] {
    return [...this.#loaded.values()].filter(({ idle }) => !idle)
  }

  /** Rejects with `broadcast-not-found`. */
  async get(id: string): Promise<Broadcast> {
    const broadcast = await this.find(id)
    if (!broadcast) throw new BroadcastError('broadcast-not-found', 'there is no broadcast with this id')
    return broadcast
  }

  /** Newest first; those in memory are returned as they are now. What is on air is told without the store, too. */
  async list(query: BroadcastQuery): Promise<{ broadcasts: readonly Broadcast[]; total: number }> {
    await this.#saving
    try {
      return await this.#read(
        () => this.#store.list(query),
        ({ records, total }) => ({
          broadcasts: records
            .filter(({ id }) => !this.#removing.has(id))
            .map((record) => this.#adopt(record)),
          total,
        }),
      )
    } catch (error) {
      const isOnAir = query.states?.every((state) => state === 'live' || state === 'reconnecting') ?? false
      if (!isOnAir || !(error instanceof BroadcastError) || error.code !== 'overloaded') throw error
      return this.#listOnAir(query)
    }
  }

  #listOnAir({ states, visibility, ownerId, text = '', offset, limit }: BroadcastQuery) {
    const part = text.toLowerCase()
    const found = this.inUse()
      .filter(({ state }) => states?.includes(state))
      .filter(({ record }) => visibility === undefined || record.visibility === visibility)
      .filter(({ record }) => ownerId === undefined || record.ownerId === ownerId)
      .filter(({ id, record }) => [id, record.title].some((value) => value.toLowerCase().includes(part)))
      .toSorted((a, b) => b.record.createdAt - a.record.createdAt || (a.id < b.id ? -1 : 1))
    return { broadcasts: found.slice(offset, offset + limit), total: found.length }
  }

  /** Whether `key` is its stream key; takes the same time when there is no such broadcast. */
  hasKey(broadcast: Broadcast | undefined, key: string): boolean {
    return this.#secrets.matches(key, broadcast?.record.keyHash ?? this.#unknownKeyHash)
  }

  /** The broadcast that `key` may publish to. An unknown id and a wrong key are the same `unauthenticated`. */
  async authorize(id: string, key: string): Promise<Broadcast> {
    const broadcast = await this.find(id)
    const right = this.hasKey(broadcast, key)
    if (!broadcast || !right)
      throw new BroadcastError('unauthenticated', 'this stream key does not open this broadcast')
    return broadcast
  }

  /** The old key opens nothing from now on; a publisher that used it is cut off. Rejects if it cannot be kept. */
  async rotateKey(broadcast: Broadcast): Promise<string> {
    const streamKey = this.#secrets.newStreamKey()
    const { keyHash } = broadcast.record
    broadcast.setKeyHash(this.#secrets.hash(streamKey))
    await this.#save(broadcast)
    if (this.#unsaved.has(broadcast)) {
      broadcast.setKeyHash(keyHash)
      throw new BroadcastError('overloaded', 'the new key could not be stored', { retryAfter: 5 })
    }
    await broadcast.publisher?.close('kicked')
    return streamKey
  }

  /** Stops it and forgets it. */
  async remove(broadcast: Broadcast): Promise<void> {
    const { id } = broadcast
    if (this.#removing.has(id)) return
    this.#removing.add(id)
    this.#loaded.delete(id)
    try {
      await broadcast.retire()
      await this.#saving
      this.#unsaved.delete(broadcast)
      await this.#store.remove(id)
      this.#removals++
    } finally {
      this.#removing.delete(id)
    }
    this.#events.emit('removed', { broadcast })
  }

  /** Ends everything that runs and waits until the store knows. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#loaded.values()].map((broadcast) => broadcast.stop('shutdown')))
    await this.#saving
    if (this.#unsaved.size > 0) await this.#saveAll()
    this.#cancelRetry?.()
  }

  #load(id: string): Promise<Broadcast | undefined> {
    return this.#read(
      () => this.#store.find(id),
      (record) => (record && !this.#removing.has(id) ? this.#adopt(record) : undefined),
    )
  }

  /** Reads once more if something was removed meanwhile: it must not come back to life. */
  async #read<Found, Result>(query: () => Promise<Found>, use: (found: Found) => Result): Promise<Result> {
    for (;;) {
      const removals = this.#removals
      const found = await query()
      if (removals === this.#removals) return use(found)
    }
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
      onViewer: (watched, viewer) => this.#events.emit('viewerJoined', { broadcast: watched, viewer }),
    })
    this.#loaded.set(record.id, broadcast)
    this.#told.set(broadcast, record)
    return broadcast
  }

  #announce(broadcast: Broadcast, fact: BroadcastFact): void {
    if (this.#told.get(broadcast) !== broadcast.record) void this.#save(broadcast)
    if (fact === 'ended') this.#boundPictures(broadcast)
    this.#events.emit(fact, { broadcast })
  }

  #boundPictures(ended: Broadcast): void {
    this.#endedLast.delete(ended)
    this.#endedLast.add(ended)
    if (this.#endedLast.size <= MAX_PICTURES_OF_ENDED) return
    for (const first of this.#endedLast) {
      this.#endedLast.delete(first)
      if (first.state === 'ended') first.forgetThumbnail()
      return
    }
  }

  #save(broadcast: Broadcast): Promise<void> {
    this.#unsaved.add(broadcast)
    this.#saving ??= this.#saveAll()
    return this.#saving
  }

  /** Writes are made one after the other, so that the last state wins. What fails is tried again. */
  async #saveAll(): Promise<void> {
    this.#cancelRetry?.()
    for (const broadcast of this.#unsaved) {
      const { record } = broadcast
      this.#unsaved.delete(broadcast)
      this.#told.set(broadcast, record)
      try {
        await this.#store.update(record)
      } catch (error) {
        this.#told.delete(broadcast)
        this.#unsaved.add(broadcast)
        this.#logger.error({ error, broadcast: broadcast.id, waiting: this.#unsaved.size }, 'not saved')
        this.#cancelRetry = this.#clock.after(SAVE_AGAIN_AFTER, () => void this.#save(broadcast))
        break
      }
    }
    this.#saving = undefined
  }

  #forgetIdle(): void {
    if (this.#loaded.size < 2 * MAX_IDLE) return
    for (const [id, broadcast] of this.#loaded) {
      if (this.#loaded.size <= MAX_IDLE) return
      if (broadcast.idle && !this.#unsaved.has(broadcast)) this.#loaded.delete(id)
    }
  }
}
