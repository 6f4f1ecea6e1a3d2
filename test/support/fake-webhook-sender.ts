import type { DeliveryAttempt } from '../../src/core/webhooks/delivery.ts'
import type { WebhookRequest, WebhookSecrets, WebhookSender } from '../../src/core/webhooks/webhook-sender.ts'

type Outcome = Omit<DeliveryAttempt, 'at'>

const answer = (status: number): Outcome => ({ duration: 3, status, error: null, response: `says ${status}` })

/** Remembers what was sent, and answers what it is told to. */
export class FakeWebhookSender implements WebhookSender {
  readonly sent: WebhookRequest[] = []
  /** What the receiver answers; a function decides by request. */
  status: number | ((request: WebhookRequest) => number) = 200
  /** While set, nobody answers until it settles. */
  held: Promise<unknown> | undefined
  /** Sendings at once, at most, by address. */
  readonly most = new Map<string, number>()
  readonly #now = new Map<string, number>()

  async send(request: WebhookRequest, signal: AbortSignal): Promise<Outcome> {
    this.sent.push(request)
    const now = (this.#now.get(request.url) ?? 0) + 1
    this.#now.set(request.url, now)
    this.most.set(request.url, Math.max(now, this.most.get(request.url) ?? 0))
    if (this.held) await Promise.race([this.held, aborted(signal)])
    this.#now.set(request.url, (this.#now.get(request.url) ?? 0) - 1)
    if (signal.aborted) return { duration: 3, status: null, error: 'given up', response: '' }
    return answer(typeof this.status === 'function' ? this.status(request) : this.status)
  }

  async refusal(url: string): Promise<string | undefined> {
    return url.includes('inward') ? 'this address is inward' : undefined
  }

  /** Types of the events that were sent, in order. */
  get types(): string[] {
    return this.sent.map(({ body }) => (JSON.parse(body) as { type: string }).type)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Secrets that say what they are of. */
export const fakeWebhookSecrets: WebhookSecrets = { of: (id, version) => `whsec_${id}_${version}` }
