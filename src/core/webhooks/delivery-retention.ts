import type { Clock, Logger } from '../ports.ts'
import type { WebhookRecord } from './webhook.ts'
import type { DeliveryStore } from './webhook-store.ts'

export type DeliveryRetentionOptions = {
  store: Pick<DeliveryStore, 'giveUp' | 'purge'>
  clock: Clock
  logger: Logger
  webhooks: () => readonly WebhookRecord[]
}

const MINUTE = 60_000
const EVERY = 10 * MINUTE
/** How long the log tells of a delivery. */
const KEPT_FOR = 7 * 24 * 60 * MINUTE
/** Events that may wait for one webhook. */
const MAX_PENDING = 20_000
/** Rows at a time, so that nothing else waits for long. */
const PORTION = 1_000

/** Keeps the delivery log within bounds. */
export class DeliveryRetention {
  readonly #options: DeliveryRetentionOptions
  #cancel: () => void = () => undefined
  #closed = false

  constructor(options: DeliveryRetentionOptions) {
    this.#options = options
  }

  /** Looks now and then. */
  start(): void {
    if (!this.#closed) this.#cancel = this.#options.clock.after(EVERY, () => void this.#run())
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }

  async #run(): Promise<void> {
    const { store, clock, logger, webhooks } = this.#options
    try {
      for (const { id } of webhooks()) {
        const givenUp = await store.giveUp(id, MAX_PENDING)
        if (givenUp > 0) logger.warn({ webhook: id, givenUp }, 'too many events wait for this webhook')
      }
      while ((await store.purge(clock.now() - KEPT_FOR, PORTION)) === PORTION && !this.#closed);
    } catch (error) {
      logger.error({ error }, 'the delivery log could not be cut')
    }
    this.start()
  }
}
