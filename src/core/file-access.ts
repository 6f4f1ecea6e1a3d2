import type { Doorkeeper } from './doorkeeper.ts'
import { BroadcastError } from './errors.ts'
import type { Clock } from './ports.ts'
import type { Secrets } from './secrets.ts'
import type { ViewerTokenRecord } from './share-store.ts'
import type { Shares } from './shares.ts'
import type { ViewerTokens } from './viewer-token.ts'
import type { Visitor } from './visitor.ts'

export type FileAccessOptions = {
  doorkeeper: Pick<Doorkeeper, 'assertMay' | 'may'>
  shares: Pick<Shares, 'add' | 'of' | 'revoke' | 'tokens'>
  tokens: Pick<ViewerTokens, 'read'>
  secrets: Pick<Secrets, 'hash'>
  clock: Clock
}

/** Who may watch a video of the library by its path, where not everybody may. */
export class FileAccess {
  readonly #options: FileAccessOptions

  constructor(options: FileAccessOptions) {
    this.#options = options
  }

  /** Rejects with `unauthenticated`, `not-allowed`, or `token-expired` for a viewer token that was good once. */
  async assertMayWatch(path: string, visitor: Visitor): Promise<void> {
    const { doorkeeper, tokens, shares, clock } = this.#options
    if (doorkeeper.may('see-library', visitor)) return
    const claims = visitor.token === undefined ? undefined : await tokens.read(visitor.token)
    const subject = this.#subjectOf(path)
    if (claims?.broadcastId !== subject) {
      doorkeeper.assertMay('see-library', visitor)
      return
    }
    const share = await shares.of(subject)
    if (!share.tokens.has(claims.id) || claims.expiresAt <= clock.now())
      throw new BroadcastError('token-expired', 'this link has expired or was taken back: ask for a new one')
  }

  /** As below. */
  async share(
    path: string,
    visitor: Visitor,
    wish: { readonly name: string; readonly lasts: number },
  ): ReturnType<Shares['add']> {
    this.#assertMayShare(visitor)
    const createdBy = visitor.identity?.person.id ?? null
    return this.#options.shares.add({ broadcastId: this.#subjectOf(path), createdBy, ...wish })
  }

  async shared(path: string, visitor: Visitor): Promise<readonly ViewerTokenRecord[]> {
    this.#assertMayShare(visitor)
    return this.#options.shares.tokens(this.#subjectOf(path))
  }

  /** Rejects with `unauthenticated` or `not-allowed`, as all who share. */
  async revoke(path: string, visitor: Visitor, id: string): Promise<void> {
    this.#assertMayShare(visitor)
    await this.#options.shares.revoke(this.#subjectOf(path), id)
  }

  #assertMayShare(visitor: Visitor): void {
    this.#options.doorkeeper.assertMay('share-file', visitor)
  }

  /** What tokens for it are about; no broadcast has such an id. */
  #subjectOf(path: string): string {
    return `file:${this.#options.secrets.hash(path)}`
  }
}
