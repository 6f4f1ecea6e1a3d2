import type { Authentication, RequestHeaders, Revocation } from '../../src/core/authentication.ts'
import type { Identity, Person, Role, Scope } from '../../src/core/identity.ts'

/** Knows everybody by a header, `x-who`, and lets a test take back what they have. */
export class FakeAuthentication implements Authentication {
  readonly known = new Map<string, Identity>()
  /** While set, nobody can be known: the database is down. */
  failure: Error | undefined
  /** Disabled or removed, by id. */
  readonly forgotten = new Set<string>()
  readonly #listeners = new Set<(fact: Revocation) => void>()

  async identify(headers: RequestHeaders): Promise<Identity | undefined> {
    if (this.failure) throw this.failure
    return this.known.get(String(headers['x-who']))
  }

  onRevoked(listener: (fact: Revocation) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async stillHolds({ person }: Identity): Promise<boolean> {
    if (this.failure) throw this.failure
    return !this.forgotten.has(person.id)
  }

  async person(id: string): Promise<Person | undefined> {
    if (this.failure) throw this.failure
    return this.forgotten.has(id) ? undefined : { id, name: id, role: 'broadcaster' }
  }

  revoke(fact: Revocation): void {
    for (const listener of this.#listeners) listener(fact)
  }
}

/** Somebody who is signed in. */
export function sessionOf(role: Role, id: string = role): Identity {
  return { kind: 'session', person: { id, name: id, role }, sessionId: `session of ${id}` }
}

/** A program with a key of somebody. */
export function keyOf(role: Role, scopes: readonly Scope[], id: string = role): Identity {
  return { kind: 'api-key', person: { id, name: id, role }, keyId: `key of ${id}`, scopes }
}
