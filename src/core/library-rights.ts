import type { Doorkeeper } from './doorkeeper.ts'
import type { LibraryReader } from './library.ts'
import type { Visitor } from './visitor.ts'

/** Who may see the library, and who may change it. */
export class LibraryRights {
  readonly #doorkeeper: Pick<Doorkeeper, 'assertMay' | 'may' | 'enter'>

  constructor({ doorkeeper }: { doorkeeper: Pick<Doorkeeper, 'assertMay' | 'may' | 'enter'> }) {
    this.#doorkeeper = doorkeeper
  }

  /** Throws `unauthenticated` or `not-allowed`. Returns as whom they look. */
  assertMaySee(visitor: Visitor): LibraryReader {
    this.#doorkeeper.assertMay('see-library', visitor)
    const administers = this.#doorkeeper.may('list-all', visitor)
    return { personId: visitor.identity?.person.id, administers }
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
