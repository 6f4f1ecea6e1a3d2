import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { BroadcastError } from '../../core/errors.ts'
import type { ObjectStorage, ReadWish, StoredObject } from '../../core/provision/object-storage.ts'
import type { Clock } from '../../core/ports.ts'
import { BucketDenials } from './bucket-denials.ts'
import { hasCors, isThere, makeBucket } from './s3-bucket.ts'
import { clientConfig, type S3Place } from './s3-settings.ts'
import { SignedAddresses } from './signed-addresses.ts'
import { failureOf, storageUnavailable } from './storage-failure.ts'

const NOT_MODIFIED = 304
const NOT_FOUND = 404
/** Milliseconds for which an address stays the same: players and their caches know what they have. */
const SAME_ADDRESS = 600_000
/** Seconds that S3 lets an address hold. */
const LONGEST = 604_800

export type S3StorageOptions = {
  place: S3Place
  clock: Pick<Clock, 'now'>
  /** Days after which objects of a bucket that we make are removed; 0 keeps them. */
  keepDays?: number
}

/** The bucket that clients upload to, as the server sees it. */
export class S3Storage implements ObjectStorage, Disposable {
  readonly #place: S3Place
  readonly #clock: Pick<Clock, 'now'>
  readonly #keepDays: number
  readonly #client: S3Client
  readonly #addresses: SignedAddresses
  readonly #denials: BucketDenials
  #made: Promise<'found' | 'made'> | undefined

  constructor({ place, clock, keepDays = 0 }: S3StorageOptions) {
    this.#place = place
    this.#clock = clock
    this.#keepDays = keepDays
    this.#client = new S3Client({
      ...clientConfig(place, place.endpoint),
      // Names of buckets are no names of hosts, except at AWS.
      forcePathStyle: place.endpoint !== undefined,
    })
    this.#addresses = new SignedAddresses(place)
    this.#denials = new BucketDenials(this.#client, { bucket: place.bucket, clock })
  }

  /** Where addresses of its objects lead. */
  get origin(): string {
    return this.#addresses.origin
  }

  /** The bucket is there, with what it needs if we made it. Asked for once. Rejects with `storage-unavailable`. */
  async ready(): Promise<void> {
    this.#made ??= makeBucket(this.#client, this.#place, { keepDays: this.#keepDays })
    try {
      await this.#made
    } catch (error) {
      this.#made = undefined
      throw storageUnavailable(error)
    }
  }

  async read(key: string, { limit, unless }: ReadWish): Promise<StoredObject | 'unchanged' | undefined> {
    return this.#try(async () => {
      const found = await this.#get(key, unless)
      if (found === 'unchanged') return found
      const { Body, ContentLength, ETag } = found
      if (!Body || ContentLength === undefined || ContentLength > limit) {
        await Body?.transformToWebStream().cancel()
        throw new BroadcastError('too-large', `an object of the stream is larger than ${limit} bytes`)
      }
      return { bytes: await Body.transformToByteArray(), etag: ETag ?? '' }
    })
  }

  sizeOf(key: string): Promise<number | undefined> {
    return this.#try(async () => {
      const { ContentLength } = await this.#client.send(new HeadObjectCommand(this.#at(key)))
      return ContentLength
    })
  }

  addressOf(key: string, seconds: number): string {
    const at = Math.floor(this.#clock.now() / SAME_ADDRESS) * SAME_ADDRESS
    return this.#addresses.sign({ key, at, seconds: Math.min(LONGEST, seconds + SAME_ADDRESS / 1000) })
  }

  /** Nobody may write there any more, whatever they hold, at least until then. Rejects with `storage-unavailable`. */
  async deny(path: string, until: number): Promise<void> {
    try {
      await this.#denials.deny(path, until)
    } catch (error) {
      throw storageUnavailable(error)
    }
  }

  /** For whoever looks whether everything is as it should be. */
  async examine(): Promise<{ readonly isThere: boolean; readonly hasCors: boolean }> {
    try {
      const there = await isThere(this.#client, this.#place.bucket)
      return { isThere: there, hasCors: there && (await hasCors(this.#client, this.#place.bucket)) }
    } catch (error) {
      throw storageUnavailable(error)
    }
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }

  async #try<Found>(ask: () => Promise<Found>): Promise<Found | undefined> {
    try {
      return await ask()
    } catch (error) {
      if (failureOf(error).status === NOT_FOUND) return undefined
      throw storageUnavailable(error)
    }
  }

  async #get(key: string, unless: string | undefined) {
    try {
      return await this.#client.send(
        new GetObjectCommand({ ...this.#at(key), ...(unless !== undefined && { IfNoneMatch: unless }) }),
      )
    } catch (error) {
      if (failureOf(error).status === NOT_MODIFIED) return 'unchanged'
      throw error
    }
  }

  #at(key: string) {
    return { Bucket: this.#place.bucket, Key: key }
  }
}
