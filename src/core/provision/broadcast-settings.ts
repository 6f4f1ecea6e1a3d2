import type { StreamStore } from './stream-store.ts'
import { CREDENTIAL_SECONDS } from './temporary-credentials.ts'

/** Where clients upload to. */
export type S3Settings = {
  readonly AWS_ACCESS_KEY_ID: string
  readonly AWS_SECRET_ACCESS_KEY: string
  readonly BUCKET: string
  /** `us-east-1` when absent. */
  readonly REGION?: string
  /** Of a provider other than AWS. */
  readonly ENDPOINT?: string
  /** STS, where that is not at the same endpoint. */
  readonly STS_ENDPOINT?: string
  /** The role that credentials are for (AssumeRole); without it they come from GetFederationToken. */
  readonly ROLE_ARN?: string
  /** Seconds that credentials hold, 900 to 129 600; an hour when absent. */
  readonly EXPIRATION?: number
}

/** What an application says about its streams: its own model, and one provider. */
export type BroadcastSettings = { readonly STREAM_MODEL: StreamStore; readonly S3: S3Settings }

const NEEDED = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'BUCKET'] as const
const TEXTS = ['REGION', 'ENDPOINT', 'STS_ENDPOINT', 'ROLE_ARN'] as const
const PROVIDERS = ['S3']
const MODEL = ['create', 'find', 'stop', 'discard'] as const
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** The settings, checked. Throws `TypeError`, whose message names what is wrong and never shows a value. */
export function readBroadcastSettings(input: unknown): BroadcastSettings {
  const settings = objectOf(input, 'BROADCAST_SETTINGS')
  assertKnown(settings, ['STREAM_MODEL', ...PROVIDERS], 'BROADCAST_SETTINGS')
  const model = objectOf(settings['STREAM_MODEL'], 'STREAM_MODEL')
  for (const method of MODEL)
    if (typeof model[method] !== 'function') throw new TypeError(`STREAM_MODEL has no method ${method}()`)
  return { STREAM_MODEL: settings['STREAM_MODEL'] as StreamStore, S3: readS3Settings(settings['S3']) }
}

function readS3Settings(input: unknown): S3Settings {
  const settings = objectOf(input, 'S3')
  assertKnown(settings, [...NEEDED, ...TEXTS, 'EXPIRATION'], 'S3')
  for (const name of NEEDED)
    if (typeof settings[name] !== 'string' || settings[name] === '')
      throw new TypeError(`S3.${name} is missing`)
  for (const name of TEXTS)
    if (settings[name] !== undefined && (typeof settings[name] !== 'string' || settings[name] === ''))
      throw new TypeError(`S3.${name} must be a text`)
  const { BUCKET: bucket, EXPIRATION: seconds } = settings
  if (typeof bucket === 'string' && !BUCKET.test(bucket))
    throw new TypeError('S3.BUCKET must be the name of a bucket: 3 to 63 of a-z, 0-9, "-" and "."')
  for (const name of ['ENDPOINT', 'STS_ENDPOINT'] as const) {
    const address = settings[name]
    if (typeof address === 'string' && !/^https?:\/\/[^/?#@\s]+\/?$/.test(address))
      throw new TypeError(`S3.${name} must be like https://s3.example.org`)
  }
  const { least, most } = CREDENTIAL_SECONDS
  if (seconds !== undefined && (typeof seconds !== 'number' || !(seconds >= least && seconds <= most)))
    throw new TypeError(`S3.EXPIRATION must be ${least} to ${most} seconds`)
  return settings as S3Settings
}

function objectOf(input: unknown, name: string): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new TypeError(`${name} is missing`)
  return input as Record<string, unknown>
}

function assertKnown(settings: object, known: readonly string[], name: string): void {
  const unknown = Object.keys(settings).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new TypeError(`${name} knows no ${unknown}; it knows ${known.join(', ')}`)
}
