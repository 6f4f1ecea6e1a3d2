import type { Doorkeeper } from './doorkeeper.ts'
import type { Visitor } from './visitor.ts'

/** Who may see the library, and who may change it. */
export class LibraryRights {
  readonly #doorkeeper: Pick<Doorkeeper, 'assertMay'>

  constructor({ doorkeeper }: { doorkeeper: Pick<Doorkeeper, 'assertMay'> }) {
    this.#doorkeeper = doorkeeper
  }

  /** Throws `unauthenticated` or `not-allowed`. */
  assertMaySee(visitor: Visitor): void {
    this.#doorkeeper.assertMay('see-library', visitor)
  }

  /** Upload and remove. Throws `unauthenticated` or `not-allowed`. */
  assertMayChange(visitor: Visitor): void {
    this.#doorkeeper.assertMay('change-library', visitor)
  }
}
