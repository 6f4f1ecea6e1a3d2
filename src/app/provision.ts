import type { Kysely } from 'kysely'
import type { Broadcasts } from '../core/broadcasts.ts'
import { reasonOf } from '../core/reason-of.ts'
import type { Clock, Logger } from '../core/ports.ts'
import { Provisioning } from '../core/provision/provisioning.ts'
import { StoredStreams } from '../core/provision/stored-streams.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Schema } from '../platform/database/schema.ts'
import { SqlStoredStreamStore } from '../platform/database/sql-stored-stream-store.ts'
import type { S3Place } from '../platform/s3/s3-settings.ts'
import type { Config } from './config/schema.ts'

/** What the routes need of storage that clients upload to; all of it undefined where none is configured. */
export type Provision = {
  readonly provisioning: Provisioning | undefined
  readonly streams: StoredStreams | undefined
  /** Where players fetch media from, besides this server. */
  readonly origins: readonly string[]
}

type Parts = {
  config: Config
  database: Kysely<Schema>
  broadcasts: Broadcasts
  secrets: Secrets
  clock: Clock
  logger: Logger
}

/** Storage as the settings name it. It is not waited for: what needs it says so while it is away. */
export async function openProvision(parts: Parts): Promise<Provision & Disposable> {
  const { config, database, clock, logger } = parts
  const place = s3PlaceOf(config)
  if (!place)
    return { provisioning: undefined, streams: undefined, origins: [], [Symbol.dispose]: () => undefined }
  await using opening = new AsyncDisposableStack()
  // Loaded only where it is used: it is the largest part of the server.
  const [{ S3Storage }, { RetriedDenials }, { StsCredentials }] = await Promise.all([
    import('../platform/s3/s3-storage.ts'),
    import('../platform/s3/retried-denials.ts'),
    import('../platform/s3/sts-credentials.ts'),
  ])
  const storage = opening.use(new S3Storage({ place, clock, keepDays: config.s3KeepDays }))
  const denials = opening.use(
    new RetriedDenials({
      ...{ storage, clock },
      onLate: (path) => logger.info({ path }, 'credentials of a stopped stream have ended'),
    }),
  )
  const sts = opening.use(new StsCredentials({ place, storage: denials }))
  const publicUrl = config.s3PublicUrl.replace(/\/$/, '')
  const store = new SqlStoredStreamStore(database)
  const streams = await StoredStreams.open({
    ...{ ...parts, store, storage },
    publicUrl: publicUrl === '' ? undefined : publicUrl,
    revoke: (path, until) => sts.revoke(path, until),
  })
  opening.defer(() => streams.close())
  storage.ready().catch((error: unknown) => logger.warn({ reason: reasonOf(error) }, 'storage is not ready'))
  const provisioning = new Provisioning({
    ...{ streams, clock, bucket: place.bucket, region: place.region, seconds: config.s3CredentialSeconds },
    credentials: {
      async issue(request) {
        await storage.ready()
        return sts.issue(request)
      },
      revoke: (path, until) => sts.revoke(path, until),
    },
    onRevokeFailed: (error, { id }) =>
      logger.warn({ reason: reasonOf(error), broadcast: id }, 'credentials hold until they expire'),
  })
  const opened = opening.move()
  return {
    ...{ provisioning, streams },
    origins: [storage.origin, ...(publicUrl === '' ? [] : [new URL(publicUrl).origin])],
    [Symbol.dispose]: () => void opened.disposeAsync(),
  }
}

/** Undefined where there is none. */
export function s3PlaceOf(config: Config): S3Place | undefined {
  if (config.s3Bucket === '') return undefined
  const given = (value: string) => (value === '' ? undefined : value.replace(/\/$/, ''))
  return {
    bucket: config.s3Bucket,
    region: config.s3Region,
    accessKeyId: config.s3AccessKeyId,
    secretAccessKey: config.s3SecretAccessKey,
    endpoint: given(config.s3Endpoint),
    stsEndpoint: given(config.s3StsEndpoint),
    roleArn: given(config.s3RoleArn),
  }
}
