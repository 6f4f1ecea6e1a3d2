import type { WebhookRequest, WebhookSender } from '../../core/webhooks/webhook-sender.ts'
import { type GuardedPost, InwardAddressError } from './guarded-post.ts'
import { signedHeaders } from './standard-webhook.ts'

const WITHIN = 5_000
const MAX_ANSWER = 1024
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Sends webhooks over HTTP. */
export class HttpWebhookSender implements WebhookSender {
  readonly #post: GuardedPost
  readonly #userAgent: string

  constructor({ post, version }: { post: GuardedPost; version: string }) {
    this.#post = post
    this.#userAgent = `Klieg/${version}`
  }

  async send(request: WebhookRequest, signal: AbortSignal): ReturnType<WebhookSender['send']> {
    const { url, body } = request
    const headers = {
      'content-type': 'application/json',
      'user-agent': this.#userAgent,
      ...signedHeaders(request),
    }
    const begun = performance.now()
    const lasted = () => Math.round(performance.now() - begun)
    try {
      const answer = await this.#post.send({
        url,
        headers,
        body,
        within: WITHIN,
        maxAnswer: MAX_ANSWER,
        signal,
      })
      const { status } = answer
      const response = answer.body.replaceAll(CONTROL, '\ufffd')
      const error = status >= 300 && status < 400 ? 'redirects are not followed' : null
      return { duration: lasted(), status, error, response }
    } catch (error) {
      return { duration: lasted(), status: null, error: reasonOf(error), response: '' }
    }
  }

  async refusal(url: string): Promise<string | undefined> {
    try {
      await this.#post.placeOf(new URL(url), AbortSignal.timeout(WITHIN))
    } catch (error) {
      if (error instanceof InwardAddressError) return error.message
    }
    return undefined
  }
}

/** In words for whoever administers; nothing of it comes from the receiver. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be sent'
  if (error.name === 'TimeoutError') return `no answer within ${WITHIN / 1000} s`
  if (error.name === 'AbortError') return 'the server was shut down'
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? `${code}: ${error.message}` : error.message
}
