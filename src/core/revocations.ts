import type { Authentication, Revocation } from './authentication.ts'
import type { Identity } from './identity.ts'
import type { Clock } from './ports.ts'

/** Milliseconds for which anything that was let in once may rely on it; older revocations need not be known. */
export const LONGEST_STAY = 12 * 3_600_000
/** How long an answer of the database is believed. */
const BELIEVED_FOR = 2000
const MAX_BELIEVED = 10_000

export type RevocationsOptions = {
  authentication: Pick<Authentication, 'onRevoked' | 'stillHolds' | 'person'>
  clock: Clock
}

type Believed = { readonly answer: Promise<boolean>; readonly at: number }

/** Who has lost what, as long as somebody may still rely on it. What cannot be known now is taken to hold. */
export class Revocations {
  readonly #authentication: RevocationsOptions['authentication']
  readonly #clock: Clock
  /** When, by what was lost; in order of time. */
  readonly #lost = new Map<string, number>()
  readonly #believed = new Map<string, Believed>()
  readonly #onRevoked: ((fact: Revocation) => void)[] = []
  readonly #stopListening: () => void

  constructor({ authentication, clock }: RevocationsOptions) {
    this.#authentication = authentication
    this.#clock = clock
    this.#stopListening = authentication.onRevoked((fact) => this.#revoked(fact))
  }

  /** Called for each, after it is known here. */
  on(listener: (fact: Revocation) => void): void {
    this.#onRevoked.push(listener)
  }

  /** Whether somebody who was known at `since`, in monotonic milliseconds, is still who they were. */
  async holds(identity: Identity, since: number): Promise<boolean> {
    const keys = keysOf(identity)
    if (keys.some((key) => (this.#lost.get(key) ?? -Infinity) >= since)) return false
    const stillHolds = this.#authentication.stillHolds?.bind(this.#authentication)
    if (!stillHolds) return true
    return this.#believe(`${keys.at(-1)} ${identity.person.role}`, () => stillHolds(identity))
  }

  /** Whether an account may still have others broadcast in its name. */
  async mayBroadcast(personId: string): Promise<boolean> {
    const person = this.#authentication.person?.bind(this.#authentication)
    if (!person) return true
    return this.#believe(`broadcaster ${personId}`, async () => {
      const found = await person(personId)
      return found !== undefined && found.role !== 'viewer'
    })
  }

  close(): void {
    this.#stopListening()
  }

  #believe(key: string, ask: () => Promise<boolean>): Promise<boolean> {
    const now = this.#clock.monotonic()
    const known = this.#believed.get(key)
    if (known && now - known.at < BELIEVED_FOR) return known.answer
    const answer = ask().catch(() => true)
    this.#believed.delete(key)
    this.#believed.set(key, { answer, at: now })
    const [oldest] = this.#believed.keys()
    if (this.#believed.size > MAX_BELIEVED && oldest !== undefined) this.#believed.delete(oldest)
    return answer
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
    this.#believed.clear()
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
