import { hash, verify } from '@node-rs/argon2'
import { BroadcastError } from '../core/errors.ts'
import type { PasswordHash } from '../core/people/passwords.ts'

/** Argon2id is the default; OWASP's second choice of cost: 19 MiB and two passes, so that many may sign in on a small machine. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** The threads are those that read and write files, too. */
const AT_ONCE = 2
const LONGEST_LINE = 200

/** Argon2id on the threads of libuv. */
export class Argon2Passwords implements PasswordHash {
  #running = 0
  readonly #line: (() => void)[] = []

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, COST))
  }

  matches(password: string, stored: string): Promise<boolean> {
    return this.#inTurn(() => verify(stored, password))
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= AT_ONCE) {
      if (this.#line.length >= LONGEST_LINE)
        throw new BroadcastError('overloaded', 'too many sign in at once: try again in a moment')
      await new Promise<void>((go) => this.#line.push(go))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#line.shift()
      if (next)
        next() // who takes the place
      else this.#running--
    }
  }
}
