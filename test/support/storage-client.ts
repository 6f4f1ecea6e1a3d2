import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { StartHlsStreamResponse } from '../../src/core/provision/stream-responses.ts'
import type { CephAccount } from './ceph.ts'

export type StorageKeys = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** A client that speaks to the storage with what it was given; each call resolves to `ok` or the refusal's name. */
export class StorageClient implements Disposable {
  readonly #client: S3Client
  readonly #bucket: string

  constructor({ endpoint, region }: CephAccount, bucket: string, credentials: StorageKeys) {
    this.#bucket = bucket
    this.#client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 })
  }

  static of(account: CephAccount, { endpoint: { S3 } }: StartHlsStreamResponse): StorageClient {
    return new StorageClient(account, S3.s3_bucket_name, keysOf(S3))
  }

  put(key: string, content: string | Uint8Array): Promise<string> {
    return this.#tell(this.#client.send(new PutObjectCommand({ ...this.#at(key), Body: content })))
  }

  get(key: string): Promise<string> {
    return this.#tell(this.#client.send(new GetObjectCommand(this.#at(key))))
  }

  delete(key: string): Promise<string> {
    return this.#tell(this.#client.send(new DeleteObjectCommand(this.#at(key))))
  }

  list(): Promise<string> {
    return this.#tell(this.#client.send(new ListObjectsV2Command({ Bucket: this.#bucket })))
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }

  #at(key: string) {
    return { Bucket: this.#bucket, Key: key }
  }

  async #tell(done: Promise<unknown>): Promise<string> {
    try {
      await done
      return 'ok'
    } catch (error) {
      return error instanceof Error ? error.name : String(error)
    }
  }
}

/** As an SDK wants them. */
export function keysOf(S3: StartHlsStreamResponse['endpoint']['S3']): Required<StorageKeys> {
  return {
    accessKeyId: S3.aws_access_key_id,
    secretAccessKey: S3.aws_secret_access_key,
    sessionToken: S3.aws_session_token,
  }
}
