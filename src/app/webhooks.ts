import type { Kysely } from 'kysely'
import { type AuditLog, SERVER } from '../core/audit-log.ts'
import { AuthorisationHook } from '../core/authorisation-hook.ts'
import type { BroadcastRecord } from '../core/broadcast-store.ts'
import type { Clock, Logger } from '../core/ports.ts'
import type { RecordingStore } from '../core/recording/recording-store.ts'
import type { Secrets } from '../core/secrets.ts'
import type { ViewingRecord } from '../core/viewing-store.ts'
import { broadcastEvent, recordingReady, viewingEvent } from '../core/webhooks/webhook-events.ts'
import { Webhooks } from '../core/webhooks/webhooks.ts'
import type { Schema } from '../platform/database/schema.ts'
import { SqlBroadcastStore } from '../platform/database/sql-broadcast-store.ts'
import { SqlDeliveryStore } from '../platform/database/sql-delivery-store.ts'
import { SqlWebhookStore } from '../platform/database/sql-webhook-store.ts'
import { GuardedPost } from '../platform/webhooks/guarded-post.ts'
import { httpHook } from '../platform/webhooks/http-hook.ts'
import { HttpWebhookSender } from '../platform/webhooks/http-webhook-sender.ts'
import { networksOf } from '../platform/webhooks/outward-address.ts'
import { derivedWebhookSecrets } from '../platform/webhooks/standard-webhook.ts'
import type { Config } from './config/schema.ts'

export type WebhookNeeds = {
  config: Config
  database: Kysely<Schema>
  /** The server's own. */
  secret: string
  version: string
  secrets: Secrets
  clock: Clock
  logger: Logger
  audit: Pick<AuditLog, 'record'>
}

/** Opened before the broadcasts, so that it outlives them and hears of their end, that of a crash included. */
export async function openWebhooks(needs: WebhookNeeds): Promise<Webhooks> {
  const { config, database, secret, version, secrets: ids, clock, logger, audit } = needs
  const post = new GuardedPost({ allowed: networksOf(config.webhookAllow) })
  const webhooks = await Webhooks.open({
    store: new SqlWebhookStore(database),
    deliveries: new SqlDeliveryStore(database),
    sender: new HttpWebhookSender({ post, version }),
    secrets: derivedWebhookSecrets(secret),
    ...{ ids, clock, logger },
    turnedOff: ({ id, notice }) =>
      audit.record({
        actor: SERVER,
        action: 'webhook.turn-off',
        subject: { kind: 'webhook', id },
        detail: notice ?? '',
      }),
  })
  if (webhooks.wants('broadcast.ended'))
    for (const record of await interrupted(new SqlBroadcastStore(database)))
      webhooks.announce(broadcastEvent({ ...record, state: 'ended', endedAt: clock.now() }, clock.now()))
  return webhooks
}

/** What a crash left live: nobody else will say that it is over. */
async function interrupted(store: SqlBroadcastStore): Promise<readonly BroadcastRecord[]> {
  const { records } = await store.list({ states: ['live', 'reconnecting'], offset: 0, limit: 1000 })
  return records
}

/** The same store, but webhooks are told of what becomes ready in it. */
export function announcingRecordings(
  store: RecordingStore,
  webhooks: Pick<Webhooks, 'wants' | 'announce'>,
  clock: Clock,
): RecordingStore {
  return {
    async save(record) {
      const isNews = record.state === 'ready' && webhooks.wants('recording.ready')
      const before = isNews ? await store.find(record.id) : undefined
      await store.save(record)
      if (isNews && before?.state !== 'ready') webhooks.announce(recordingReady(record, clock.now()))
    },
    find: (id) => store.find(id),
    list: (query) => store.list(query),
    remove: (id) => store.remove(id),
  }
}

/** Tells webhooks of viewings, as they are written to the watch log. */
export function announcedViewings(
  webhooks: Pick<Webhooks, 'wants' | 'announce'>,
  clock: Clock,
): (record: ViewingRecord) => void {
  return (record) => {
    if (!webhooks.wants('viewing.started') && !webhooks.wants('viewing.ended')) return
    const event = viewingEvent(record, clock.now())
    if (event) webhooks.announce(event)
  }
}

/** Asks the addresses of the configuration, if there are any. */
export function openAuthorisationHook({
  config: { publishHook, watchHook, hookSecret: secret },
  version,
  clock,
  logger,
}: Pick<WebhookNeeds, 'config' | 'version' | 'clock' | 'logger'>): AuthorisationHook {
  return new AuthorisationHook({
    ...(publishHook !== '' && { publish: httpHook({ url: publishHook, secret, version }) }),
    ...(watchHook !== '' && { watch: httpHook({ url: watchHook, secret, version }) }),
    ...{ clock, logger },
  })
}
