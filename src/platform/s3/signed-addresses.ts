import { createHmac, hash } from 'node:crypto'
import type { S3Place } from './s3-settings.ts'

const ALGORITHM = 'AWS4-HMAC-SHA256'

export type SignedAddressWish = {
  key: string
  /** Milliseconds since the epoch; the same time gives the same address. */
  at: number
  /** Seconds from then on, up to a week. */
  seconds: number
}

/**
 * Addresses that anybody may get an object from for a while; a playlist has thousands, so each takes microseconds.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export class SignedAddresses {
  readonly #place: S3Place
  readonly #base: URL
  readonly #pathPrefix: string
  #key: { readonly day: string; readonly bytes: Buffer } | undefined

  constructor(place: S3Place) {
    this.#place = place
    const { bucket, region, endpoint } = place
    // A name with a dot is no name of a host below the certificate.
    const byHost = endpoint === undefined && !bucket.includes('.')
    this.#base = new URL(
      endpoint ??
        (byHost ? `https://${bucket}.s3.${region}.amazonaws.com` : `https://s3.${region}.amazonaws.com`),
    )
    this.#pathPrefix = `${this.#base.pathname.replace(/\/$/, '')}${byHost ? '' : `/${bucket}`}`
  }

  get origin(): string {
    return this.#base.origin
  }

  sign({ key, at, seconds }: SignedAddressWish): string {
    const { region, accessKeyId } = this.#place
    const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')
    const day = time.slice(0, 8)
    const scope = `${day}/${region}/s3/aws4_request`
    const path = `${this.#pathPrefix}/${key.split('/').map(escaped).join('/')}`
    const query = [
      `X-Amz-Algorithm=${ALGORITHM}`,
      `X-Amz-Credential=${escaped(`${accessKeyId}/${scope}`)}`,
      `X-Amz-Date=${time}`,
      `X-Amz-Expires=${seconds}`,
      'X-Amz-SignedHeaders=host',
    ].join('&')
    const request = `GET\n${path}\n${query}\nhost:${this.#base.host}\n\nhost\nUNSIGNED-PAYLOAD`
    const text = `${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', request)}`
    const signature = hmac(this.#keyOf(day), text).toString('hex')
    return `${this.#base.origin}${path}?${query}&X-Amz-Signature=${signature}`
  }

  #keyOf(day: string): Buffer {
    if (this.#key?.day !== day) {
      let bytes: Buffer = Buffer.from(`AWS4${this.#place.secretAccessKey}`)
      for (const part of [day, this.#place.region, 's3', 'aws4_request']) bytes = hmac(bytes, part)
      this.#key = { day, bytes }
    }
    return this.#key.bytes
  }
}

/** Like encodeURIComponent, and of what that leaves only the unreserved (RFC 3986 §2.3). */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
