/** What a client uploads with. Useless after a while, and outside of its path. */
export type SessionCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export type CredentialsRequest = {
  /** For the provider's own log: 2 to 32 letters, digits, "-" and "_". */
  readonly name: string
  /** Narrows what they are good for; see `sessionPolicy`. */
  readonly policy: string
  readonly seconds: number
}

/** Makes credentials that expire. Implementations: STS of an S3 provider, and a fake that remembers. */
export interface TemporaryCredentials {
  /** Rejects with `storage-unavailable`. */
  issue(request: CredentialsRequest): Promise<SessionCredentials>
  /** Those for this path are to be good for nothing from now on. May reject: then they hold until they expire. */
  revoke?(path: string, until: number): Promise<void>
}

/** Seconds that STS allows: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
export const CREDENTIAL_SECONDS = { least: 900, usual: 3600, most: 129_600 } as const

/** The nearest lifetime that is allowed. */
export function allowedSeconds(wanted: number): number {
  const { least, most } = CREDENTIAL_SECONDS
  return Math.min(most, Math.max(least, Math.floor(wanted)))
}
