import type { Clock, Logger } from './ports.ts'
import type { ViewingStore } from './viewing-store.ts'

export type RetentionRules = {
  /** After so many days an address becomes its network. */
  readonly addressDays: number
  /** After so many days a viewing is removed. */
  readonly days: number
}

export type ViewingRetentionOptions = {
  store: Pick<ViewingStore, 'truncateAddresses' | 'purge'>
  clock: Clock
  logger: Logger
  rules: RetentionRules
}

const DAY = 86_400_000
const EVERY = 3_600_000
/** Rows at a time, so that nothing else waits for long. */
const PORTION = 1_000

/** Makes the watch log forget: addresses first, then whole viewings. Looks every hour. */
export class ViewingRetention {
  readonly #options: ViewingRetentionOptions
  #cancel: () => void = () => undefined
  #closed = false

  constructor(options: ViewingRetentionOptions) {
    this.#options = options
  }

  /** Now, and then every hour. A store that fails is asked again an hour later. */
  async run(): Promise<void> {
    const { store, clock, logger, rules } = this.#options
    try {
      const now = clock.now()
      const truncated = await inPortions((limit) =>
        store.truncateAddresses(now - rules.addressDays * DAY, limit),
      )
      const purged = await inPortions((limit) => store.purge(now - rules.days * DAY, limit))
      if (truncated + purged > 0) logger.info({ truncated, purged }, 'watch log forgot')
    } catch (error) {
      logger.error({ error }, 'watch log could not forget')
    }
    if (!this.#closed) this.#cancel = clock.after(EVERY, () => void this.run())
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }
}

async function inPortions(forget: (limit: number) => Promise<number>): Promise<number> {
  let all = 0
  for (;;) {
    const rows = await forget(PORTION)
    all += rows
    if (rows < PORTION) return all
  }
}
