import type { Clock, Logger } from '../ports.ts'
import { type DeliveryAttempt, type DeliveryRecord, hasArrived } from './delivery.ts'
import { retryDelay } from './retry-delay.ts'
import type { WebhookRequest, WebhookSender } from './webhook-sender.ts'
import type { DeliveryStore } from './webhook-store.ts'

export type DeliveryQueueOptions = {
  store: DeliveryStore
  sender: Pick<WebhookSender, 'send'>
  clock: Clock
  logger: Logger
  /** From 0 to 1. */
  random?: () => number
  /** Ids of those that are sent to now. */
  receivers: () => readonly string[]
  /** Where a webhook is and how it is signed now; undefined when it is gone or off. */
  addressOf: (webhookId: string) => Pick<WebhookRequest, 'url' | 'secrets'> | undefined
  attempted: (delivery: DeliveryRecord, attempt: DeliveryAttempt) => void
  /** Deliveries that wait in memory for the store. */
  maxWaiting?: number
}

const BATCH = 200
const MAX_WAITING = 10_000
/** A receiver that hangs holds up itself and nobody else. */
const AT_ONCE = 32
const AT_ONCE_EACH = 4
const KEPT_ATTEMPTS = 20
const STORE_AGAIN_AFTER = 5_000
const LOOK_AGAIN_AFTER = 60_000

/** Brings deliveries to their webhooks: now, later, and after a restart. What waits is in the store, not in memory. */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions
  readonly #random: () => number
  readonly #maxWaiting: number
  readonly #underWay = new Map<string, { readonly webhookId: string; readonly done: Promise<void> }>()
  readonly #stopping = new AbortController()
  #waiting: DeliveryRecord[] = []
  #running: Promise<void> | undefined
  #again = false
  /** The store failed a moment ago. */
  #resting = false
  #cancelTimer: () => void = () => undefined
  #dropped = 0

  constructor(options: DeliveryQueueOptions) {
    this.#options = options
    this.#random = options.random ?? Math.random
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING
  }

  /** Events lost because the store failed for too long. */
  get dropped(): number {
    return this.#dropped
  }

  /** Returns at once and never throws. Beyond the bound the oldest are dropped. */
  add(deliveries: readonly DeliveryRecord[]): void {
    if (deliveries.length === 0) return
    this.#waiting.push(...deliveries)
    const tooMany = this.#waiting.length - this.#maxWaiting
    if (tooMany > 0) {
      this.#dropped += this.#waiting.splice(0, tooMany).length
      this.#options.logger.error({ dropped: this.#dropped }, 'webhook events lost: the database is away')
    }
    this.wake()
  }

  /** Looks for what is due. */
  wake(): void {
    if (this.#stopping.signal.aborted || this.#resting) return
    if (this.#running) this.#again = true
    else
      this.#running = this.#run().finally(() => {
        this.#running = undefined
        if (this.#again) this.wake()
      })
  }

  /** Resolves when all that is due now has been tried. */
  async idle(): Promise<void> {
    while (this.#running || this.#underWay.size > 0)
      await Promise.all([this.#running, ...[...this.#underWay.values()].map(({ done }) => done)])
  }

  /** Attempts under way are given up and made again after the next start. */
  async close(): Promise<void> {
    this.#stopping.abort()
    this.#cancelTimer()
    await this.idle()
    try {
      await this.#insertWaiting()
    } catch (error) {
      this.#options.logger.error({ error, lost: this.#waiting.length }, 'webhook events lost at the end')
    }
  }

  async #run(): Promise<void> {
    const { clock, store, logger } = this.#options
    this.#cancelTimer()
    let wait = LOOK_AGAIN_AFTER
    try {
      do await this.#insertWaiting()
      while ((await this.#begin()) || this.#isAskedAgain())
      const next = await store.nextAfter(clock.now())
      if (next !== undefined) wait = Math.min(wait, next - clock.now())
    } catch (error) {
      logger.error({ error, waiting: this.#waiting.length }, 'webhooks wait for the database')
      wait = STORE_AGAIN_AFTER
      this.#resting = true
    }
    if (this.#stopping.signal.aborted) return
    this.#cancelTimer = clock.after(wait, () => {
      this.#resting = false
      this.wake()
    })
  }

  /** Once for everybody who asked meanwhile. */
  #isAskedAgain(): boolean {
    const again = this.#again
    this.#again = false
    return again
  }

  async #insertWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH)
      await this.#options.store.insert(batch)
      const inserted = new Set(batch)
      this.#waiting = this.#waiting.filter((delivery) => !inserted.has(delivery))
    }
  }

  /** Starts attempts as far as there is room. Returns whether there may be more to start. */
  async #begin(): Promise<boolean> {
    const { store, clock, receivers } = this.#options
    const room = AT_ONCE - this.#underWay.size
    const webhookIds = receivers().filter((id) => this.#countOf(id) < AT_ONCE_EACH)
    if (room <= 0 || webhookIds.length === 0 || this.#stopping.signal.aborted) return false
    const except = [...this.#underWay.keys()]
    const due = await store.due({ now: clock.now(), webhookIds, except, limit: room })
    let begun = 0
    for (const delivery of due) {
      if (this.#underWay.has(delivery.id) || this.#countOf(delivery.webhookId) >= AT_ONCE_EACH) continue
      const done = this.#attempt(delivery).finally(() => {
        this.#underWay.delete(delivery.id)
        this.wake()
      })
      this.#underWay.set(delivery.id, { webhookId: delivery.webhookId, done })
      begun++
    }
    return begun > 0
  }

  #countOf(webhookId: string): number {
    let count = 0
    for (const each of this.#underWay.values()) if (each.webhookId === webhookId) count++
    return count
  }

  async #attempt(delivery: DeliveryRecord): Promise<void> {
    const { clock, sender, addressOf, attempted } = this.#options
    const { id, webhookId, body } = delivery
    const to = addressOf(webhookId)
    if (!to) return
    const at = clock.now()
    const { signal } = this.#stopping
    const attempt = { at, ...(await sender.send({ ...to, id, at, body }, signal)) }
    if (signal.aborted && !hasArrived(attempt)) return
    attempted(delivery, attempt)
    await this.#keep(this.#after(delivery, attempt))
  }

  #after(delivery: DeliveryRecord, attempt: DeliveryAttempt): DeliveryRecord {
    const { clock, addressOf } = this.#options
    const tries = delivery.tries + 1
    const attempts = [...delivery.attempts, attempt].slice(-KEPT_ATTEMPTS)
    if (hasArrived(attempt)) return { ...delivery, state: 'delivered', nextAt: null, tries, attempts }
    const delay = addressOf(delivery.webhookId) ? retryDelay(tries, this.#random()) : undefined
    if (delay === undefined) return { ...delivery, state: 'failed', nextAt: null, tries, attempts }
    return { ...delivery, nextAt: clock.now() + delay, tries, attempts }
  }

  /** Holds its place until the store knows, for otherwise it would be sent again. */
  async #keep(delivery: DeliveryRecord): Promise<void> {
    const { store, logger } = this.#options
    for (;;) {
      try {
        await store.update(delivery)
        return
      } catch (error) {
        logger.error({ error, delivery: delivery.id }, 'the outcome of a delivery is not stored yet')
        if (this.#stopping.signal.aborted) return
        await this.#pause()
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        this.#stopping.signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.#options.clock.after(STORE_AGAIN_AFTER, done)
      this.#stopping.signal.addEventListener('abort', done)
    })
  }
}
