import type { CloseReason } from '../../src/core/ports.ts'
import type { Door, Session } from '../../src/core/session.ts'

/** A session that only knows why it was closed. */
export class FakeSession implements Session {
  readonly id: string
  readonly door: Door
  readonly closed: Promise<CloseReason>
  /** Every reason it was asked to close for. */
  readonly closedWith: CloseReason[] = []
  readonly #settle: (reason: CloseReason) => void

  constructor(id: string, door: Door = 'whip') {
    this.id = id
    this.door = door
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    this.#settle = resolve
  }

  async close(reason: CloseReason): Promise<void> {
    this.closedWith.push(reason)
    this.#settle(reason)
  }
}
