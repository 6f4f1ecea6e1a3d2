import { AwsClient } from 'aws4fetch'
import { Refused, type S3Endpoint } from './provisioned-stream.ts'

/** An object to be written. */
export type Upload = { readonly name: string; readonly body: string | Uint8Array<ArrayBuffer> }

/** Longer than this, and a connection is taken for dead. */
const PATIENCE = 10_000
/** Of the credentials' life, when new ones are asked for. */
const RENEW_AFTER = 0.7
/** Milliseconds between two questions for new credentials, when the first was in vain. */
const BETWEEN_RENEWALS = 2000

const TYPES: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  jpg: 'image/jpeg',
}

/** The stream's own place in the bucket, written to with credentials that are renewed in time. */
export class Storage {
  readonly #base: (s3: S3Endpoint) => string
  readonly #renew: () => Promise<S3Endpoint>
  #client!: AwsClient
  #url = ''
  #renewAt = 0
  #askedAt = 0
  #renewing: Promise<void> | undefined

  /** `endpoint` for storage that is not Amazon's: there, buckets are the first part of the path. */
  constructor(s3: S3Endpoint, renew: () => Promise<S3Endpoint>, endpoint?: string) {
    this.#base = ({ s3_bucket_name: bucket, s3_bucket_region: region }) =>
      endpoint === undefined
        ? `https://${bucket}.s3.${region}.amazonaws.com`
        : `${endpoint.replace(/\/$/, '')}/${bucket}`
    this.#renew = renew
    this.#use(s3)
  }

  /** One attempt. Rejects with Refused when there are no credentials to be had any more. */
  async put({ name, body }: Upload): Promise<void> {
    if (Date.now() > this.#renewAt) await this.#renewed()
    const response = await fetch(
      await this.#client.sign(`${this.#url}/${name}`, {
        method: 'PUT',
        headers: {
          'content-type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
          'cache-control': name.endsWith('.ts') ? 'public, max-age=31536000, immutable' : 'no-cache',
        },
        body,
      }),
      { signal: AbortSignal.timeout(PATIENCE) },
    )
    const answer = await response.text() // read in any case, or the connection is not used again
    if (response.ok) return
    if (response.status === 403) this.#renewAt = Math.min(this.#renewAt, this.#askedAt + BETWEEN_RENEWALS)
    throw new Error(`${name}: ${response.status} ${/<Code>(\w+)/.exec(answer)?.[1] ?? ''}`)
  }

  /** Once for all who wait; those we have go on being used while the server is away. */
  #renewed(): Promise<void> {
    this.#renewing ??= this.#askForNew().finally(() => (this.#renewing = undefined))
    return this.#renewing
  }

  async #askForNew(): Promise<void> {
    this.#askedAt = Date.now()
    this.#renewAt = this.#askedAt + BETWEEN_RENEWALS
    try {
      this.#use(await this.#renew())
    } catch (error) {
      if (error instanceof Refused) throw error
    }
  }

  #use(s3: S3Endpoint): void {
    this.#renewAt = Date.now() + s3.aws_expiration * 1000 * RENEW_AFTER
    this.#url = `${this.#base(s3)}/${s3.s3_bucket_path.replace(/^\/|\/$/g, '')}`
    this.#client = new AwsClient({
      accessKeyId: s3.aws_access_key_id,
      secretAccessKey: s3.aws_secret_access_key,
      sessionToken: s3.aws_session_token,
      region: s3.s3_bucket_region,
      service: 's3',
      retries: 0, // the uploader's, which knows what may wait
    })
  }
}
