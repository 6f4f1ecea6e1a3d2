import type { Broadcasts } from './broadcasts.ts'
import { Emitter } from './emitter.ts'
import { BroadcastError } from './errors.ts'
import type { Clock, Logger } from './ports.ts'
import type { Secrets } from './secrets.ts'
import type { ShareStore, ViewerTokenRecord } from './share-store.ts'
import type { ViewerTokens } from './viewer-token.ts'

/** Who may watch one broadcast while it is private. */
export type Share = {
  /** By id; those that have expired may be among them. */
  readonly tokens: ReadonlyMap<string, ViewerTokenRecord>
  readonly named: ReadonlySet<string>
}

export type SharesOptions = {
  store: ShareStore
  tokens: ViewerTokens
  broadcasts: Pick<Broadcasts, 'on'>
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
  logger: Logger
}

/** Of each broadcast. */
const MAX_TOKENS = 1000
const MAX_NAMED = 1000
/** Broadcasts whose viewers are kept in memory. */
const MAX_KEPT = 5000
const HOUR = 3_600_000

/** Who may watch what is private; each change is told, for somebody may be watching. */
export class Shares {
  readonly #options: SharesOptions
  readonly #kept = new Map<string, Promise<Share>>()
  readonly #events: Emitter<{ changed: { readonly broadcastId: string } }>
  readonly #stopListening: () => void
  #cancelCleaning: () => void = () => undefined

  constructor(options: SharesOptions) {
    const { broadcasts, logger } = options
    this.#options = options
    this.#events = new Emitter((error) => logger.error({ error }, 'share listener failed'))
    this.#stopListening = broadcasts.on('removed', ({ broadcast }) => void this.#forget(broadcast.id))
    this.#cleanLater()
  }

  on(name: 'changed', listener: (fact: { readonly broadcastId: string }) => void): () => void {
    return this.#events.on(name, listener)
  }

  /** Rejects with `overloaded` while the store fails and it is not known. */
  of(broadcastId: string): Promise<Share> {
    const kept = this.#kept.get(broadcastId)
    if (kept) return kept
    const reading = this.#read(broadcastId)
    reading.catch(() => {
      if (this.#kept.get(broadcastId) === reading) this.#kept.delete(broadcastId)
    })
    this.#kept.set(broadcastId, reading)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    return reading
  }

  /** Those that still open something, newest first. */
  async tokens(broadcastId: string): Promise<readonly ViewerTokenRecord[]> {
    const { tokens } = await this.of(broadcastId)
    const now = this.#options.clock.now()
    return [...tokens.values()].filter(({ expiresAt }) => expiresAt > now)
  }

  /** The token is told this once. Rejects with `too-many-requests` when there are enough. */
  async add({
    broadcastId,
    name,
    createdBy,
    lasts,
  }: {
    broadcastId: string
    name: string
    createdBy: string | null
    /** Milliseconds. */
    lasts: number
  }): Promise<{ record: ViewerTokenRecord; token: string }> {
    if ((await this.tokens(broadcastId)).length >= MAX_TOKENS)
      throw new BroadcastError(
        'too-many-requests',
        `${MAX_TOKENS} viewer tokens are out already: take some back`,
      )
    const { clock, secrets, store, tokens } = this.#options
    const createdAt = clock.now()
    const expiresAt = Math.floor((createdAt + lasts) / 1000) * 1000 // tokens know seconds
    const record = { id: secrets.newId(), broadcastId, name, createdBy, createdAt, expiresAt }
    const token = await tokens.sign({ id: record.id, broadcastId, subject: name, expiresAt })
    await this.#write(broadcastId, () => store.addToken(record))
    return { record, token }
  }

  /** It opens nothing from now on; one that is unknown never did. */
  async revoke(broadcastId: string, id: string): Promise<void> {
    await this.#write(broadcastId, () => this.#options.store.removeToken(broadcastId, id))
  }

  /** These accounts may watch, and no others. Rejects with `bad-request` when they are too many. */
  async setNamed(broadcastId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length > MAX_NAMED)
      throw new BroadcastError('bad-request', `a broadcast has at most ${MAX_NAMED} named viewers`)
    await this.#write(broadcastId, () => this.#options.store.setViewers(broadcastId, userIds))
  }

  close(): void {
    this.#stopListening()
    this.#cancelCleaning()
  }

  async #read(broadcastId: string): Promise<Share> {
    const { store } = this.#options
    try {
      const [tokens, named] = await Promise.all([store.tokensOf(broadcastId), store.viewersOf(broadcastId)])
      return { tokens: new Map(tokens.map((token) => [token.id, token])), named: new Set(named) }
    } catch (error) {
      throw new BroadcastError('overloaded', 'who may watch this cannot be read now', { cause: error })
    }
  }

  async #write(broadcastId: string, write: () => Promise<void>): Promise<void> {
    try {
      await write()
    } catch (error) {
      if (error instanceof BroadcastError && error.code === 'bad-request') throw error
      throw new BroadcastError('overloaded', 'who may watch this cannot be changed now', { cause: error })
    }
    this.#changed(broadcastId)
  }

  async #forget(broadcastId: string): Promise<void> {
    try {
      await this.#options.store.removeAllOf(broadcastId)
    } catch (error) {
      this.#options.logger.warn({ error, broadcast: broadcastId }, 'its viewer tokens were not removed')
    }
    this.#changed(broadcastId)
  }

  #changed(broadcastId: string): void {
    this.#kept.delete(broadcastId)
    this.#events.emit('changed', { broadcastId })
  }

  #cleanLater(): void {
    const { clock, store, logger } = this.#options
    this.#cancelCleaning = clock.after(HOUR, () => {
      store
        .removeExpired(clock.now())
        .catch((error: unknown) => logger.warn({ error }, 'expired viewer tokens were not removed'))
      this.#cleanLater()
    })
  }
}
