import type { IncomingMessage } from 'node:http'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Authentication, RequestHeaders, Revocation } from '../core/authentication.ts'
import { Emitter } from '../core/emitter.ts'
import { BroadcastError } from '../core/errors.ts'
import type { Identity } from '../core/identity.ts'
import type { Logger } from '../core/ports.ts'

/** What there is to know of a user of the application that embeds the server. */
const HostUser = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  name: Type.String({ maxLength: 200 }),
  role: Type.Union([Type.Literal('admin'), Type.Literal('broadcaster'), Type.Literal('viewer')]),
})

/** One of the application's users. The id is what broadcasts, the watch log and the audit log keep. */
export type HostUser = Readonly<Static<typeof HostUser>>

/**
 * Says which user of the application sent a request, null for a stranger. It is asked for every request and every
 * WebSocket, so it should answer from memory; it must not read the body.
 */
export type Authenticate = (request: IncomingMessage) => HostUser | null | Promise<HostUser | null>

/** Knows people as the application does that embeds the server. */
export class HostAuthentication implements Authentication {
  readonly #authenticate: Authenticate
  readonly #logger: Logger
  readonly #revoked: Emitter<{ revoked: Revocation }>

  constructor(authenticate: Authenticate, logger: Logger) {
    this.#authenticate = authenticate
    this.#logger = logger
    this.#revoked = new Emitter((error) => logger.error({ error }, 'revocation listener failed'))
  }

  async identify(
    _headers: RequestHeaders,
    _address: string,
    request?: unknown,
  ): Promise<Identity | undefined> {
    const user = await this.#ask(request as IncomingMessage)
    return user ? { kind: 'host', person: { id: user.id, name: user.name, role: user.role } } : undefined
  }

  onRevoked(listener: (fact: Revocation) => void): () => void {
    return this.#revoked.on('revoked', listener)
  }

  /** Somebody has lost what they had: whatever they are inside of ends. */
  revoke(userId: string): void {
    this.#revoked.emit('revoked', { personId: userId })
  }

  async #ask(request: IncomingMessage): Promise<HostUser | null> {
    try {
      const user: unknown = await this.#authenticate(request)
      if (user === null) return null
      if (Value.Check(HostUser, user)) return user
      throw new TypeError('authenticate() must return { id, name, role } or null')
    } catch (error) {
      this.#logger.error({ error }, 'the application did not say who sent a request')
      throw new BroadcastError('overloaded', 'who you are cannot be known now', { cause: error })
    }
  }
}
