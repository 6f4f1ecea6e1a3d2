import { type BroadcastSettings, readBroadcastSettings } from '../../core/provision/broadcast-settings.ts'
import { Provisioning } from '../../core/provision/provisioning.ts'
import type { S3Place } from '../../platform/s3/s3-settings.ts'
import { S3Storage } from '../../platform/s3/s3-storage.ts'
import { RetriedDenials } from '../../platform/s3/retried-denials.ts'
import { StsCredentials } from '../../platform/s3/sts-credentials.ts'
import { systemClock } from '../../platform/system-clock.ts'

/** What works for an application as long as it keeps its settings. */
export type ProvisionedPlace = { readonly provisioning: Provisioning; readonly storage: S3Storage }

const REGION = 'us-east-1'
const places = new WeakMap<BroadcastSettings, ProvisionedPlace>()

/** The same one for the same settings. Throws `TypeError` for settings that are wrong. */
export function provisionedPlaceOf(settings: BroadcastSettings): ProvisionedPlace {
  const known = places.get(settings)
  if (known) return known
  const made = make(readBroadcastSettings(settings))
  places.set(settings, made)
  return made
}

function make({ STREAM_MODEL, S3 }: BroadcastSettings): ProvisionedPlace {
  const place: S3Place = {
    bucket: S3.BUCKET,
    region: S3.REGION ?? REGION,
    accessKeyId: S3.AWS_ACCESS_KEY_ID,
    secretAccessKey: S3.AWS_SECRET_ACCESS_KEY,
    endpoint: S3.ENDPOINT,
    stsEndpoint: S3.STS_ENDPOINT,
    roleArn: S3.ROLE_ARN,
  }
  const storage = new S3Storage({ place, clock: systemClock })
  const provisioning = new Provisioning({
    streams: STREAM_MODEL,
    credentials: new StsCredentials({ place, storage: new RetriedDenials({ storage, clock: systemClock }) }),
    bucket: place.bucket,
    region: place.region,
    clock: systemClock,
    ...(S3.EXPIRATION !== undefined && { seconds: S3.EXPIRATION }),
    onRevokeFailed: (error, { id }) =>
      process.emitWarning(`credentials of stopped stream ${id} hold until they expire: ${String(error)}`, {
        code: 'KLIEG_REVOKE',
      }),
  })
  return { provisioning, storage }
}
