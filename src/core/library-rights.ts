import type { Doorkeeper } from './doorkeeper.ts'
import type { Visitor } from './visitor.ts'

/** Who may see the library, and who may change it. */
export class LibraryRights {
  readonly #doorkeeper: Pick<Doorkeeper, 'assertMay' | 'enter'>

  constructor({ doorkeeper }: { doorkeeper: Pick<Doorkeeper, 'assertMay' | 'enter'> }) {
    this.#doorkeeper = doorkeeper
  }

  /** Throws `unauthenticated` or `not-allowed`. */
  assertMaySee(visitor: Visitor): void {
    this.#doorkeeper.assertMay('see-library', visitor)
  }

  /** Throws `unauthenticated` or `not-allowed`. */
  assertMayUpload(visitor: Visitor): void {
    this.#doorkeeper.assertMay('upload', visitor)
  }

  /** Of a recording, that of its broadcast. Rejects as `Doorkeeper.enter` does. */
  async assertMayRemove(broadcastId: string | undefined, visitor: Visitor): Promise<void> {
    if (broadcastId === undefined) this.#doorkeeper.assertMay('remove-file', visitor)
    else await this.#doorkeeper.enter('remove-recording', broadcastId, visitor)
  }
}
