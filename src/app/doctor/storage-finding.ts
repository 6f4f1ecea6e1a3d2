import { allowedSeconds } from '../../core/provision/temporary-credentials.ts'
import { sessionPolicy } from '../../core/provision/session-policy.ts'
import { reasonOf } from '../../core/reason-of.ts'
import { systemClock } from '../../platform/system-clock.ts'
import type { Config } from '../config/schema.ts'
import { s3PlaceOf } from '../provision.ts'
import type { Finding } from './doctor.ts'

/** Whether streams can be provisioned by the storage that the settings name. */
export async function storageFinding(config: Config): Promise<Finding> {
  const place = s3PlaceOf(config)
  if (!place)
    return {
      ok: true,
      what: 'no S3 storage: streams cannot be provisioned (POST /stream/start/)',
      cure: 'To let clients upload streams, set KLIEG_S3_BUCKET and its keys; see docs/provision.md.',
    }
  const { S3Storage } = await import('../../platform/s3/s3-storage.ts')
  const { StsCredentials } = await import('../../platform/s3/sts-credentials.ts')
  using storage = new S3Storage({ place, clock: systemClock })
  using sts = new StsCredentials({ place })
  const name = `S3 bucket ${place.bucket}`
  try {
    const { isThere, hasCors } = await storage.examine()
    await sts.issue({
      name: 'klieg-doctor',
      policy: sessionPolicy(place.bucket, 'doctor'),
      seconds: allowedSeconds(0),
    })
    const way = place.roleArn === undefined ? 'GetFederationToken' : 'AssumeRole'
    if (!isThere) return { ok: true, what: `${name} is not there yet: made at the start; ${way} works` }
    if (hasCors || config.s3PublicUrl !== '') return { ok: true, what: `${name} is there, and ${way} works` }
    return {
      ok: false,
      what: `${name} is there, and lets no page of another site read it`,
      cure: 'Give it a CORS rule that allows GET from the address of this server.',
    }
  } catch (error) {
    return {
      ok: false,
      what: `${name}: ${reasonOf(error)}`,
      cure:
        place.roleArn === undefined
          ? 'Check KLIEG_S3_ENDPOINT and the keys. Other providers than AWS need KLIEG_S3_ROLE_ARN, for they have no GetFederationToken.'
          : 'Check KLIEG_S3_ENDPOINT, the keys, and that they may assume the role in KLIEG_S3_ROLE_ARN.',
    }
  }
}
