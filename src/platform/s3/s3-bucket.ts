import {
  CreateBucketCommand,
  type BucketLocationConstraint,
  GetBucketCorsCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { S3Place } from './s3-settings.ts'
import { failureOf } from './storage-failure.ts'

/** Where AWS makes buckets that name no place. */
const AWS_DEFAULT_REGION = 'us-east-1'
const PREFLIGHT_SECONDS = 3600

/** Makes the bucket if there is none, so that browsers may read it by signed address and nothing half-sent stays. */
export async function makeBucket(
  client: S3Client,
  { bucket, region, endpoint }: S3Place,
  { keepDays }: { keepDays: number },
): Promise<'found' | 'made'> {
  if (await isThere(client, bucket)) return 'found'
  const elsewhere = endpoint === undefined && region !== AWS_DEFAULT_REGION
  try {
    await client.send(
      new CreateBucketCommand({
        Bucket: bucket,
        ...(elsewhere && {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        }),
      }),
    )
  } catch (error) {
    // Another server of ours was faster.
    if (failureOf(error).name === 'BucketAlreadyOwnedByYou') return 'found'
    throw error
  }
  await client.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: ['*'],
            AllowedMethods: ['GET', 'HEAD'],
            AllowedHeaders: ['*'],
            ExposeHeaders: ['ETag', 'Content-Length', 'Content-Range'],
            MaxAgeSeconds: PREFLIGHT_SECONDS,
          },
        ],
      },
    }),
  )
  await client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: 'klieg',
            Status: 'Enabled',
            Filter: { Prefix: '' },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            ...(keepDays > 0 && { Expiration: { Days: keepDays } }),
          },
        ],
      },
    }),
  )
  return 'made'
}

/** Whether browsers of other sites may read the bucket. */
export async function hasCors(client: S3Client, bucket: string): Promise<boolean> {
  try {
    const { CORSRules = [] } = await client.send(new GetBucketCorsCommand({ Bucket: bucket }))
    return CORSRules.some(({ AllowedMethods = [] }) => AllowedMethods.includes('GET'))
  } catch (error) {
    if (failureOf(error).status === 404) return false
    throw error
  }
}

/** One that we may not look at is there as well. Throws where there is no answer. */
export async function isThere(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    const { status } = failureOf(error)
    if (status === 404 || status === 403) return status === 403
    throw error
  }
}
