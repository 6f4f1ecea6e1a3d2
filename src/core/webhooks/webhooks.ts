import { BroadcastError } from '../errors.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import { type DeliveryAttempt, type DeliveryRecord, type DeliveryState, hasArrived } from './delivery.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { DeliveryRetention } from './delivery-retention.ts'
import type { WebhookEvent, WebhookEventType, WebhookRecord } from './webhook.ts'
import type { WebhookSecrets, WebhookSender } from './webhook-sender.ts'
import type { DeliveryStore, WebhookStore } from './webhook-store.ts'
import { assertWebhookUrl } from './webhook-url.ts'

export type WebhooksOptions = {
  store: WebhookStore
  deliveries: DeliveryStore
  sender: WebhookSender
  secrets: WebhookSecrets
  ids: Pick<Secrets, 'newId'>
  clock: Clock
  logger: Logger
  /** From 0 to 1. */
  random?: () => number
  /** Events that wait in memory while the database is away. */
  maxWaiting?: number
  /** The server turned one off by itself. */
  turnedOff?: (webhook: WebhookRecord) => void
}

/** What whoever administers decides about a webhook. */
export type WebhookWishes = Pick<WebhookRecord, 'url' | 'description' | 'events' | 'active'>

const MAX_WEBHOOKS = 100
const HOUR = 3_600_000
/** So long nothing arrives before a webhook is turned off. */
const GIVE_UP_AFTER = 5 * 24 * HOUR
/** So long a receiver may go on with the secret before the latest. */
const SECRETS_OVERLAP = 24 * HOUR
const GONE = 410

/** Whoever wants to be told of what happens here, and what they have been told. */
export class Webhooks implements AsyncDisposable {
  readonly #options: WebhooksOptions
  readonly #queue: DeliveryQueue
  readonly #retention: DeliveryRetention
  readonly #known = new Map<string, WebhookRecord>()
  #changing: Promise<unknown> = Promise.resolve()
  #position = 0

  /** Goes on with what an earlier process left undelivered. */
  static async open(options: WebhooksOptions): Promise<Webhooks> {
    const webhooks = new Webhooks(options)
    for (const record of await options.store.all()) webhooks.#known.set(record.id, record)
    webhooks.#position = await options.deliveries.lastPosition()
    webhooks.#queue.wake()
    webhooks.#retention.start()
    return webhooks
  }

  private constructor(options: WebhooksOptions) {
    this.#options = options
    const { deliveries: store, sender, clock, logger, random, maxWaiting } = options
    this.#queue = new DeliveryQueue({
      ...{ store, sender, clock, logger },
      ...(random && { random }),
      ...(maxWaiting !== undefined && { maxWaiting }),
      receivers: () => this.list().flatMap(({ id, active }) => (active ? [id] : [])),
      addressOf: (id) => this.#addressOf(id),
      attempted: (delivery, attempt) => this.#attempted(delivery, attempt),
    })
    this.#retention = new DeliveryRetention({ store, clock, logger, webhooks: () => this.list() })
  }

  /** Oldest first. */
  list(): readonly WebhookRecord[] {
    return [...this.#known.values()]
  }

  /** Throws `webhook-not-found`. */
  get(id: string): WebhookRecord {
    const found = this.#known.get(id)
    if (!found) throw new BroadcastError('webhook-not-found', 'there is no webhook with this id')
    return found
  }

  /** The secret is told this once. Rejects with `bad-request` for an address that may not be sent to. */
  async create(wishes: WebhookWishes): Promise<{ webhook: WebhookRecord; secret: string }> {
    const { ids, clock, secrets, store } = this.#options
    await this.#assertMaySendTo(wishes.url)
    return this.#inTurn(async () => {
      if (this.#known.size >= MAX_WEBHOOKS)
        throw new BroadcastError('bad-request', `there are ${MAX_WEBHOOKS} webhooks already`)
      const now = clock.now()
      const webhook: WebhookRecord = {
        ...wishes,
        id: `wh_${ids.newId()}`,
        ...{ secretVersion: 1, secretChangedAt: now, createdAt: now, failingSince: null, notice: null },
      }
      await store.save(webhook)
      this.#known.set(webhook.id, webhook)
      return { webhook, secret: secrets.of(webhook.id, webhook.secretVersion) }
    })
  }

  /** Turned off, it forgets what has not arrived; turned on, it begins anew. Rejects as `create` and `get` do. */
  async edit(id: string, wishes: Partial<WebhookWishes>): Promise<WebhookRecord> {
    const before = this.get(id)
    if (wishes.url !== undefined && wishes.url !== before.url) await this.#assertMaySendTo(wishes.url)
    const fresh = wishes.active === true ? { failingSince: null, notice: null } : {}
    return this.#change(id, (webhook) => ({ ...webhook, ...wishes, ...(webhook.active ? {} : fresh) }))
  }

  /** The new secret, told this once. For a day events are signed with the one before as well. */
  async changeSecret(id: string): Promise<{ webhook: WebhookRecord; secret: string }> {
    const secretChangedAt = this.#options.clock.now()
    const webhook = await this.#change(id, (before) => ({
      ...before,
      secretVersion: before.secretVersion + 1,
      secretChangedAt,
    }))
    return { webhook, secret: this.#options.secrets.of(id, webhook.secretVersion) }
  }

  /** With its log. */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      this.get(id)
      await this.#options.store.remove(id)
      this.#known.delete(id)
    })
  }

  /** Whether anybody wants to hear of it. */
  wants(type: WebhookEventType): boolean {
    for (const { active, events } of this.#known.values()) if (active && events.includes(type)) return true
    return false
  }

  /** Tells everybody who wants to hear of it. Returns at once and never throws. */
  announce({ type, at, lane, data }: WebhookEvent): void {
    if (!this.wants(type)) return
    const body = bodyOf(type, at, data)
    const wanting = this.list().filter(({ active, events }) => active && events.includes(type))
    this.#queue.add(wanting.map(({ id }) => this.#newDelivery(id, { event: type, lane, body })))
  }

  /** What was sent, newest first. Rejects with `webhook-not-found`. */
  async deliveries(
    webhookId: string,
    { state, ...page }: { state?: DeliveryState; offset: number; limit: number },
  ): ReturnType<DeliveryStore['list']> {
    this.get(webhookId)
    return this.#options.deliveries.list({ webhookId, ...(state && { state }) }, page)
  }

  /** Rejects with `webhook-not-found` or `delivery-not-found`. */
  async delivery(webhookId: string, id: string): Promise<DeliveryRecord> {
    this.get(webhookId)
    const found = await this.#options.deliveries.find(webhookId, id)
    if (!found) throw new BroadcastError('delivery-not-found', 'there is no delivery with this id')
    return found
  }

  /** Sends the same once more, now, whether or not it arrived. Rejects as `delivery` does, and while it is off. */
  async resend(webhookId: string, id: string): Promise<DeliveryRecord> {
    const found = await this.delivery(webhookId, id)
    this.#assertActive(webhookId)
    if (found.state === 'pending' && found.tries === 0) return found // it is on its way
    const again: DeliveryRecord = {
      ...found,
      ...{ state: 'pending', tries: 0, lane: '', nextAt: this.#options.clock.now() },
    }
    await this.#options.deliveries.update(again)
    this.#queue.wake()
    return again
  }

  /** Sends a test. Rejects with `webhook-not-found`, and `bad-request` while it is off. */
  async sendTest(webhookId: string): Promise<DeliveryRecord> {
    this.#assertActive(webhookId)
    const body = bodyOf('webhook.test', this.#options.clock.now(), { webhook: webhookId })
    const delivery = this.#newDelivery(webhookId, { event: 'webhook.test', lane: '', body })
    await this.#options.deliveries.insert([delivery])
    this.#queue.wake()
    return delivery
  }

  /** Resolves when all that is due now has been tried. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  /** What is under way is sent again after the next start. */
  async close(): Promise<void> {
    this.#retention.close()
    await this.#queue.close()
    await this.#changing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #newDelivery(
    webhookId: string,
    { event, lane, body }: Pick<DeliveryRecord, 'event' | 'lane' | 'body'>,
  ): DeliveryRecord {
    const now = this.#options.clock.now()
    return {
      ...{ webhookId, event, lane, body, createdAt: now, nextAt: now },
      id: `msg_${this.#options.ids.newId()}`,
      position: ++this.#position,
      state: 'pending',
      tries: 0,
      attempts: [],
    }
  }

  #addressOf(id: string): { url: string; secrets: readonly string[] } | undefined {
    const webhook = this.#known.get(id)
    if (!webhook?.active) return undefined
    const { secrets, clock } = this.#options
    const { url, secretVersion: version, secretChangedAt } = webhook
    const overlaps = version > 1 && clock.now() - secretChangedAt < SECRETS_OVERLAP
    return { url, secrets: (overlaps ? [version, version - 1] : [version]).map((v) => secrets.of(id, v)) }
  }

  #attempted({ webhookId: id, event }: DeliveryRecord, attempt: DeliveryAttempt): void {
    const { failingSince } = this.#known.get(id) ?? {}
    if (failingSince === undefined) return
    if (hasArrived(attempt)) {
      if (failingSince !== null) this.#note(id, (webhook) => ({ ...webhook, failingSince: null }))
    } else if (attempt.status === GONE)
      this.#turnOff(id, 'Turned off: the receiver answered that it is gone (410).')
    else if (event === 'webhook.test') return
    else if (failingSince === null) this.#note(id, (webhook) => ({ ...webhook, failingSince: attempt.at }))
    else if (attempt.at - failingSince >= GIVE_UP_AFTER)
      this.#turnOff(id, 'Turned off: nothing has arrived for five days.')
  }

  #turnOff(id: string, notice: string): void {
    const { logger, turnedOff } = this.#options
    this.#note(id, (webhook) => {
      if (!webhook.active) return webhook
      logger.warn({ webhook: id, notice }, 'webhook turned off')
      const off = { ...webhook, active: false, notice }
      turnedOff?.(off)
      return off
    })
  }

  #note(id: string, change: (webhook: WebhookRecord) => WebhookRecord): void {
    this.#change(id, change).catch((error: unknown) =>
      this.#options.logger.error({ error, webhook: id }, 'webhook not updated'),
    )
  }

  #change(id: string, change: (webhook: WebhookRecord) => WebhookRecord): Promise<WebhookRecord> {
    return this.#inTurn(async () => {
      const before = this.get(id)
      const after = change(before)
      await this.#options.store.save(after)
      this.#known.set(id, after)
      if (before.active && !after.active) await this.#options.deliveries.giveUp(id, 0)
      return after
    })
  }

  /** One change after the other, so that what is stored is what is known. */
  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#changing.then(change)
    this.#changing = result.catch(() => undefined)
    return result
  }

  #assertActive(id: string): void {
    if (!this.get(id).active) throw new BroadcastError('bad-request', 'this webhook is off: turn it on first')
  }

  async #assertMaySendTo(url: string): Promise<void> {
    assertWebhookUrl(url)
    const refusal = await this.#options.sender.refusal(url)
    if (refusal !== undefined) throw new BroadcastError('bad-request', refusal)
  }
}

function bodyOf(type: DeliveryRecord['event'], at: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data })
}
