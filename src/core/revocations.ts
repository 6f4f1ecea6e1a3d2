import type { Authentication, Revocation } from './authentication.ts'
import type { Identity } from './identity.ts'
import type { Clock } from './ports.ts'

/** Milliseconds for which anything that was let in once may rely on it; older revocations need not be known. */
export const LONGEST_STAY = 12 * 3_600_000

/** Who has lost what, as long as somebody may still rely on it. */
export class Revocations {
  readonly #clock: Clock
  /** When, by what was lost; in order of time. */
  readonly #lost = new Map<string, number>()
  readonly #stopListening: () => void
  readonly #onRevoked: ((fact: Revocation) => void)[] = []

  constructor({
    authentication,
    clock,
  }: {
    authentication: Pick<Authentication, 'onRevoked'>
    clock: Clock
  }) {
    this.#clock = clock
    this.#stopListening = authentication.onRevoked((fact) => this.#revoked(fact))
  }

  /** Called for each, after it is known here. */
  on(listener: (fact: Revocation) => void): void {
    this.#onRevoked.push(listener)
  }

  /** Whether somebody who was known at `since`, in monotonic milliseconds, is still who they were. */
  holds(identity: Identity, since: number): boolean {
    return keysOf(identity).every((key) => (this.#lost.get(key) ?? -Infinity) < since)
  }

  close(): void {
    this.#stopListening()
  }

  #revoked(fact: Revocation): void {
    const now = this.#clock.monotonic()
    for (const [key, at] of this.#lost) {
      if (now - at < LONGEST_STAY) break
      this.#lost.delete(key)
    }
    const key = keyOf(fact)
    this.#lost.delete(key)
    this.#lost.set(key, now)
    for (const listener of this.#onRevoked) listener(fact)
  }
}

function keyOf({ personId, sessionId, keyId }: Revocation): string {
  if (sessionId !== undefined) return `session ${sessionId}`
  return keyId === undefined ? `person ${personId}` : `key ${keyId}`
}

function keysOf(identity: Identity): string[] {
  const person = `person ${identity.person.id}`
  if (identity.kind === 'session') return [person, `session ${identity.sessionId}`]
  return identity.kind === 'api-key' ? [person, `key ${identity.keyId}`] : [person]
}
