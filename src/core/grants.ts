import type { Broadcasts } from './broadcasts.ts'
import type { Doorkeeper, Grant } from './doorkeeper.ts'
import type { Clock, CloseReason } from './ports.ts'
import type { Revocations } from './revocations.ts'
import type { Shares } from './shares.ts'

/** Something that lasts and was let in: a session, a connection, a stream of events. */
export type Held = {
  close(reason: CloseReason): unknown
  /** Never rejects. */
  readonly closed: Promise<unknown>
}

export type GrantsOptions = {
  doorkeeper: Pick<Doorkeeper, 'holds'>
  broadcasts: Pick<Broadcasts, 'on'>
  shares: Pick<Shares, 'on'>
  revocations: Pick<Revocations, 'on'>
  clock: Clock
}

/** Milliseconds between two looks at those whose right may end by itself, or in another process. */
const LOOK_EVERY = 2000

/** Everybody who is inside, and by which right: they go when it is lost. */
export class Grants {
  readonly #doorkeeper: Pick<Doorkeeper, 'holds'>
  readonly #clock: Clock
  readonly #inside = new Map<string, Map<Held, Grant>>()
  readonly #stopListening: readonly (() => void)[]
  #cancelLook: () => void = () => undefined

  constructor({ doorkeeper, broadcasts, shares, revocations, clock }: GrantsOptions) {
    this.#doorkeeper = doorkeeper
    this.#clock = clock
    this.#stopListening = [
      shares.on('changed', ({ broadcastId }) => void this.#lookAt(broadcastId)),
      broadcasts.on('updated', ({ broadcast }) => {
        if (broadcast.record.visibility === 'private') void this.#lookAt(broadcast.id)
      }),
    ]
    revocations.on(({ personId }) =>
      this.#lookWhere(
        ({ asker, broadcast }) =>
          asker.identity?.person.id === personId || broadcast.record.ownerId === personId,
      ),
    )
    this.#lookLater()
  }

  /** How many are inside. */
  get size(): number {
    return [...this.#inside.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** From now until it is closed. It is closed as `kicked` when the grant ceases to hold. */
  hold(grant: Grant, held: Held): void {
    const { id } = grant.broadcast
    const inside = this.#inside.get(id) ?? new Map<Held, Grant>()
    this.#inside.set(id, inside)
    inside.set(held, grant)
    void held.closed.then(() => {
      inside.delete(held)
      if (inside.size === 0 && this.#inside.get(id) === inside) this.#inside.delete(id)
    })
  }

  close(): void {
    for (const stop of this.#stopListening) stop()
    this.#cancelLook()
  }

  async #lookAt(broadcastId: string): Promise<void> {
    for (const [held, grant] of this.#inside.get(broadcastId) ?? [])
      if (!(await this.#doorkeeper.holds(grant))) await held.close('kicked')
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.after(LOOK_EVERY, () => {
      const now = this.#clock.now()
      this.#lookWhere(
        ({ asker: { identity, expiresAt = Infinity, keyHash } }) =>
          identity !== undefined || keyHash !== undefined || expiresAt <= now,
      )
      this.#lookLater()
    })
  }

  /** At all who are inside a broadcast as soon as one of them needs it. */
  #lookWhere(needsIt: (grant: Grant) => boolean): void {
    for (const [id, inside] of this.#inside) if ([...inside.values()].some(needsIt)) void this.#lookAt(id)
  }
}
