import {
  AssumeRoleCommand,
  type Credentials,
  GetFederationTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { BroadcastError } from '../../core/errors.ts'
import type {
  CredentialsRequest,
  SessionCredentials,
  TemporaryCredentials,
} from '../../core/provision/temporary-credentials.ts'
import { clientConfig, type S3Place } from './s3-settings.ts'
import type { Denying } from './retried-denials.ts'
import { storageUnavailable } from './storage-failure.ts'

export type StsCredentialsOptions = {
  place: S3Place
  /** Where stopped streams are closed; without it their credentials hold until they expire. */
  storage?: Denying
}

/** Temporary credentials from STS: AssumeRole with a session policy, or GetFederationToken where there is no role. */
export class StsCredentials implements TemporaryCredentials, Disposable {
  readonly #client: STSClient
  readonly #roleArn: string | undefined
  readonly #storage: Denying | undefined

  constructor({ place, storage }: StsCredentialsOptions) {
    this.#storage = storage
    this.#client = new STSClient(clientConfig(place, place.stsEndpoint ?? place.endpoint))
    this.#roleArn = place.roleArn
  }

  async issue({ name, policy, seconds }: CredentialsRequest): Promise<SessionCredentials> {
    try {
      return credentialsOf(await this.#ask({ Policy: policy, DurationSeconds: seconds }, name))
    } catch (error) {
      throw storageUnavailable(error)
    }
  }

  async revoke(path: string, until: number): Promise<void> {
    await this.#storage?.deny(path, until)
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }

  async #ask(
    limits: { Policy: string; DurationSeconds: number },
    name: string,
  ): Promise<Credentials | undefined> {
    const command =
      this.#roleArn === undefined
        ? new GetFederationTokenCommand({ ...limits, Name: name })
        : new AssumeRoleCommand({ ...limits, RoleArn: this.#roleArn, RoleSessionName: name })
    const { Credentials: issued } =
      command instanceof AssumeRoleCommand
        ? await this.#client.send(command)
        : await this.#client.send(command)
    return issued
  }
}

function credentialsOf(issued: Credentials | undefined): SessionCredentials {
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  } = issued ?? {}
  // Without a session token they would be somebody's own, and hold for ever.
  if (!accessKeyId || !secretAccessKey || !sessionToken)
    throw new BroadcastError('storage-unavailable', 'STS answered without temporary credentials')
  return { accessKeyId, secretAccessKey, sessionToken }
}
