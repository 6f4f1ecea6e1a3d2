import type { S3ClientConfig } from '@aws-sdk/client-s3'

/** One bucket, and how to reach it. */
export type S3Place = {
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of a provider other than AWS. */
  readonly endpoint?: string | undefined
  /** STS, where that is elsewhere. */
  readonly stsEndpoint?: string | undefined
  /** The role of temporary credentials; without it they come from GetFederationToken. */
  readonly roleArn?: string | undefined
}

/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 2000, requestTimeout: 4000 }
const ATTEMPTS = 2

/** What all clients of a place have in common. A storage that answers nothing is given up after seconds. */
export function clientConfig(
  { region, accessKeyId, secretAccessKey }: S3Place,
  endpoint: string | undefined,
) {
  return {
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: ATTEMPTS,
    requestHandler: { ...TIMEOUTS, throwOnRequestTimeout: true },
    ...(endpoint !== undefined && { endpoint }),
  } satisfies S3ClientConfig
}
