/** Every failure a caller can act on, by name. `http-errors.ts` gives each its status code. */
export type ErrorCode =
  | 'bad-request'
  | 'bad-id'
  | 'bad-offer'
  | 'bad-candidate'
  | 'unauthenticated'
  | 'token-expired'
  | 'not-allowed'
  | 'kicked'
  | 'open-mode-only'
  | 'broadcast-not-found'
  | 'session-not-found'
  | 'item-not-found'
  | 'recording-not-found'
  | 'stream-not-found'
  | 'stream-stopped'
  | 'unknown-stream-type'
  | 'storage-not-configured'
  | 'storage-unavailable'
  | 'webhook-not-found'
  | 'delivery-not-found'
  | 'broadcast-exists'
  | 'broadcast-taken'
  | 'broadcast-not-live'
  | 'recording-not-ready'
  | 'broadcast-ended'
  | 'peer-to-peer-only'
  | 'setting-fixed'
  | 'message-not-found'
  | 'sanction-not-found'
  | 'viewing-not-found'
  | 'chat-off'
  | 'chat-muted'
  | 'chat-banned'
  | 'hls-only'
  | 'no-common-codec'
  | 'unsupported-media'
  | 'wrong-content-type'
  | 'ice-restart-unsupported'
  | 'precondition-required'
  | 'precondition-failed'
  | 'too-large'
  | 'wrong-credentials'
  | 'second-factor-required'
  | 'wrong-code'
  | 'second-factor-on'
  | 'second-factor-off'
  | 'weak-password'
  | 'email-taken'
  | 'last-admin'
  | 'link-not-valid'
  | 'user-not-found'
  | 'key-not-found'
  | 'invitation-not-found'
  | 'too-many-requests'
  | 'overloaded'
  | 'no-space'

/** A failure the caller can act on. Branch on `code`; `message` is for people. */
export class BroadcastError extends Error {
  override readonly name = 'BroadcastError'
  readonly code: ErrorCode
  /** Seconds after which trying again makes sense; becomes Retry-After. */
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { retryAfter?: number } = {}) {
    super(message, options)
    this.code = code
    this.retryAfter = options.retryAfter
  }
}
