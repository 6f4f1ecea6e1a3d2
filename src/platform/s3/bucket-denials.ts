import { GetBucketPolicyCommand, PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '../../core/ports.ts'
import { failureOf } from './storage-failure.ts'

type Statement = { Sid?: string; Resource?: string | string[]; [key: string]: unknown }
type Policy = { Version: string; Statement: Statement[] }

/** With the time after which it is of no use any more, in seconds since the epoch. */
const SID = /^KliegStopped(\d+)$/
/** Those that end within the same time share a statement: a policy has 20 kB. */
const SLOT = 900
const NOT_FOUND = 404

/** Paths that nobody may write to any more, in the policy of the bucket; what else is in that policy stays. */
export class BucketDenials {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #clock: Pick<Clock, 'now'>
  #last: Promise<void> = Promise.resolve()

  constructor(client: S3Client, { bucket, clock }: { bucket: string; clock: Pick<Clock, 'now'> }) {
    this.#client = client
    this.#bucket = bucket
    this.#clock = clock
  }

  /** Resolves when the storage has taken it; one after the other. */
  deny(path: string, until: number): Promise<void> {
    const denied = this.#last.then(() => this.#deny(path, until))
    this.#last = denied.catch(() => undefined)
    return denied
  }

  async #deny(path: string, until: number): Promise<void> {
    const now = this.#clock.now() / 1000
    const policy = await this.#read()
    const statements = policy.Statement.filter(({ Sid = '' }) => Number(SID.exec(Sid)?.[1] ?? Infinity) > now)
    const sid = `KliegStopped${Math.ceil(until / 1000 / SLOT) * SLOT}`
    const resource = `arn:aws:s3:::${this.#bucket}/${path}/*`
    const same = statements.find(({ Sid }) => Sid === sid)
    if (same) same.Resource = [...new Set([...[same.Resource ?? []].flat(), resource])]
    else
      statements.push({
        Sid: sid,
        Effect: 'Deny',
        Principal: '*',
        Action: ['s3:PutObject'],
        Resource: [resource],
      })
    await this.#client.send(
      new PutBucketPolicyCommand({
        Bucket: this.#bucket,
        Policy: JSON.stringify({ ...policy, Statement: statements }),
      }),
    )
  }

  async #read(): Promise<Policy> {
    try {
      const { Policy: text } = await this.#client.send(new GetBucketPolicyCommand({ Bucket: this.#bucket }))
      const policy = JSON.parse(text ?? '') as { Statement?: Statement | Statement[] } & object
      return { Version: '2012-10-17', ...policy, Statement: [policy.Statement ?? []].flat() }
    } catch (error) {
      if (failureOf(error).status !== NOT_FOUND) throw error
      return { Version: '2012-10-17', Statement: [] }
    }
  }
}
