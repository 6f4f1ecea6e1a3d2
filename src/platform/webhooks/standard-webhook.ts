import { createHmac } from 'node:crypto'
import type { WebhookSecrets } from '../../core/webhooks/webhook-sender.ts'

const PREFIX = 'whsec_'

/** Headers of one request: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function signedHeaders({
  id,
  at,
  body,
  secrets,
}: {
  id: string
  /** Milliseconds since the epoch. */
  at: number
  body: string
  secrets: readonly string[]
}): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const signed = `${id}.${timestamp}.${body}`
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', keyIn(secret)).update(signed).digest('base64')}`,
  )
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

/** Secrets of webhooks, made from the server's own: what is never stored cannot be read out of a backup. */
export function derivedWebhookSecrets(serverSecret: string): WebhookSecrets {
  return {
    of: (webhookId, version) =>
      PREFIX +
      createHmac('sha256', serverSecret).update(`webhook\0${webhookId}\0${version}`).digest('base64'),
  }
}

function keyIn(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64')
}
