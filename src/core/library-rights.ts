import { BroadcastError } from './errors.ts'
import type { Visitor } from './visitor.ts'

/** Who may see the library, and who may change it. */
export class LibraryRights {
  readonly #open: boolean

  constructor({ open }: { open: boolean }) {
    this.#open = open
  }

  /** Throws `unauthenticated`. */
  assertMaySee(): void {
    if (!this.#open)
      throw new BroadcastError(
        'unauthenticated',
        'the library needs an account; a server with --open needs none',
      )
  }

  /** Upload and remove. Throws `unauthenticated` or `not-allowed`. */
  assertMayChange({ foreign }: Visitor): void {
    this.assertMaySee()
    if (foreign)
      throw new BroadcastError('not-allowed', 'a page of another site may not change the library here')
  }
}
