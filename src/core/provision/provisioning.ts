import type { Visibility } from '../broadcast-store.ts'
import { BroadcastError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import { sessionPolicy } from './session-policy.ts'
import { storagePathOf } from './storage-path.ts'
import type { Stream, StreamStore } from './stream-store.ts'
import {
  allowedSeconds,
  CREDENTIAL_SECONDS,
  type SessionCredentials,
  type TemporaryCredentials,
} from './temporary-credentials.ts'

export type ProvisioningOptions = {
  streams: StreamStore
  credentials: TemporaryCredentials
  bucket: string
  region: string
  clock: Pick<Clock, 'now'>
  /** How long credentials hold; brought within what STS allows. */
  seconds?: number
  /** Credentials of a stream that is stopped hold until they expire all the same. */
  onRevokeFailed?: (error: unknown, stream: Stream) => void
}

/** Where a client uploads its stream to, and with what. Told to nobody else, and kept nowhere. */
export type ProvisionedStorage = SessionCredentials & {
  /** Seconds that the credentials still hold. */
  readonly expiresIn: number
  readonly bucket: string
  readonly path: string
  readonly region: string
}

export type StartedStream = { readonly stream: Stream; readonly storage: ProvisionedStorage }

export type StreamWish = {
  /** Undefined where the client did not say. */
  type?: string | undefined
  name?: string | undefined
  ownerId: string | null
  visibility?: Visibility | undefined
}

/** Which stream, and who asks: its owner, or somebody whose right has been checked. */
export type StreamAsk = { id: string | undefined; by: { ownerId: string | null } | 'authorised' }

/** The types of streams that can be started. */
export const STREAM_TYPES: readonly string[] = ['hls']
const MAX_NAME = 200
const SESSION_NAME = 32

/** Starts and stops streams that clients upload by themselves. */
export class Provisioning {
  readonly #options: ProvisioningOptions
  readonly #seconds: number

  constructor(options: ProvisioningOptions) {
    this.#options = options
    this.#seconds = allowedSeconds(options.seconds ?? CREDENTIAL_SECONDS.usual)
  }

  /** A stream of the type that is asked for. Rejects with `unknown-stream-type` and as `startHlsStream` does. */
  startStream({ type = '', ...wish }: StreamWish): Promise<StartedStream> {
    if (!STREAM_TYPES.includes(type))
      return Promise.reject(
        new BroadcastError('unknown-stream-type', `type must be one of: ${STREAM_TYPES.join(', ')}`),
      )
    return this.startHlsStream(wish)
  }

  /** Rejects with `bad-request`, `bad-id` or `storage-unavailable`; then there is no stream either. */
  async startHlsStream({ name = '', ownerId, visibility }: Omit<StreamWish, 'type'>): Promise<StartedStream> {
    if (name.length > MAX_NAME)
      throw new BroadcastError('bad-request', `name may have ${MAX_NAME} characters`)
    const { streams, clock } = this.#options
    const stream = await streams.create({
      ...{ ownerId, name, startDate: clock.now() },
      ...(visibility !== undefined && { visibility }),
    })
    try {
      return { stream, storage: await this.#provision(stream) }
    } catch (error) {
      await streams.discard(stream.id)
      throw error
    }
  }

  /** New credentials before the old ones expire. Rejects with `stream-stopped` too. */
  async refreshStream(ask: StreamAsk): Promise<StartedStream> {
    const stream = await this.#running(ask)
    return { stream, storage: await this.#provision(stream) }
  }

  /** Rejects with `bad-request`, `stream-not-found`, `not-allowed` or `stream-stopped`. */
  async stopStream(ask: StreamAsk): Promise<Stream> {
    const { streams, clock, credentials } = this.#options
    const { id } = await this.#running(ask)
    const stream = await streams.stop(id, clock.now())
    try {
      await credentials.revoke?.(storagePathOf(stream), clock.now() + this.#seconds * 1000)
    } catch (error) {
      this.#options.onRevokeFailed?.(error, stream)
    }
    return stream
  }

  async #running({ id, by }: StreamAsk): Promise<Stream> {
    if (id === undefined || id === '') throw new BroadcastError('bad-request', 'id is missing')
    const stream = await this.#options.streams.find(id)
    if (!stream) throw new BroadcastError('stream-not-found', 'there is no stream with this id')
    if (by !== 'authorised' && by.ownerId !== stream.ownerId)
      throw new BroadcastError('not-allowed', 'this stream is somebody else’s')
    if (stream.stopDate !== null) throw new BroadcastError('stream-stopped', 'this stream is stopped')
    return stream
  }

  async #provision(stream: Stream): Promise<ProvisionedStorage> {
    const { credentials, bucket, region, clock, streams } = this.#options
    const path = storagePathOf(stream)
    const asked = clock.now()
    const issued = await credentials.issue({
      name: `klieg-${stream.id}`.slice(0, SESSION_NAME),
      policy: sessionPolicy(bucket, path),
      seconds: this.#seconds,
    })
    const until = asked + this.#seconds * 1000
    await streams.provisioned?.(stream.id, until)
    return { ...issued, expiresIn: (until - clock.now()) / 1000, bucket, path, region }
  }
}
