import { BroadcastError } from '../../src/core/errors.ts'
import type {
  CredentialsRequest,
  SessionCredentials,
  TemporaryCredentials,
} from '../../src/core/provision/temporary-credentials.ts'

/** An STS that remembers what was asked for, and fails when told to. */
export class FakeTemporaryCredentials implements TemporaryCredentials {
  readonly requests: CredentialsRequest[] = []
  readonly revoked: string[] = []
  isDown = false

  issue(request: CredentialsRequest): Promise<SessionCredentials> {
    if (this.isDown) return Promise.reject(new BroadcastError('storage-unavailable', 'the storage is away'))
    const number = this.requests.push(request)
    return Promise.resolve({
      accessKeyId: `temporary-${number}`,
      secretAccessKey: `temporary-secret-${number}`,
      sessionToken: `temporary-token-${number}`,
    })
  }

  revoke(path: string): Promise<void> {
    this.revoked.push(path)
    return Promise.resolve()
  }
}
