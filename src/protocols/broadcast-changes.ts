import type { Broadcast } from '../core/broadcast.ts'
import type { Broadcasts } from '../core/broadcasts.ts'
import type { Clock } from '../core/ports.ts'

export type Change = 'started' | 'updated' | 'ended' | 'removed'

/** What happened to one broadcast, as two kinds of followers are told. */
export type ToldChange = {
  readonly broadcast: Broadcast
  /** For those who follow this broadcast. */
  readonly change: Change
  /** For those who follow the public list; undefined when it is none of their business. */
  readonly listChange: Change | undefined
}

/** At most this often is the same broadcast announced as updated. */
const PAUSE = 500

type Pause = { updatedSince: boolean; readonly cancel: () => void }

/** Tells followers what changed; many updates of one broadcast become one. */
export class BroadcastChanges {
  readonly #clock: Clock
  readonly #stopListening: readonly (() => void)[]
  readonly #onChange: (told: ToldChange) => void
  /** Broadcasts announced as updated within the last pause. */
  readonly #pauses = new Map<string, Pause>()
  /** What the followers of the list see on it. */
  readonly #listed: Set<string>

  constructor(broadcasts: Broadcasts, clock: Clock, onChange: (told: ToldChange) => void) {
    this.#clock = clock
    this.#onChange = onChange
    this.#listed = new Set(
      broadcasts
        .inUse()
        .filter(isListed)
        .map(({ id }) => id),
    )
    const tell = (change: Change) => (fact: { broadcast: Broadcast }) => {
      this.#forget(fact.broadcast.id)
      this.#tell(change, fact.broadcast)
    }
    this.#stopListening = [
      broadcasts.on('started', tell('started')),
      broadcasts.on('ended', tell('ended')),
      broadcasts.on('removed', tell('removed')),
      broadcasts.on('created', ({ broadcast }) => this.#updated(broadcast)),
      broadcasts.on('updated', ({ broadcast }) => this.#updated(broadcast)),
    ]
  }

  close(): void {
    for (const stop of this.#stopListening) stop()
    for (const { cancel } of this.#pauses.values()) cancel()
    this.#pauses.clear()
  }

  #updated(broadcast: Broadcast): void {
    const pause = this.#pauses.get(broadcast.id)
    if (pause) {
      pause.updatedSince = true
      return
    }
    const cancel = this.#clock.after(PAUSE, () => this.#pauseOver(broadcast))
    this.#pauses.set(broadcast.id, { updatedSince: false, cancel })
    this.#tell('updated', broadcast)
  }

  #pauseOver(broadcast: Broadcast): void {
    const { updatedSince = false } = this.#pauses.get(broadcast.id) ?? {}
    this.#pauses.delete(broadcast.id)
    if (updatedSince) this.#updated(broadcast)
  }

  #tell(change: Change, broadcast: Broadcast): void {
    this.#onChange({ broadcast, change, listChange: this.#listChange(change, broadcast) })
  }

  #listChange(change: Change, broadcast: Broadcast): Change | undefined {
    const { id, record } = broadcast
    const wasListed = this.#listed.has(id)
    if (change !== 'removed' && isListed(broadcast)) {
      this.#listed.add(id)
      return wasListed ? change : 'started'
    }
    this.#listed.delete(id)
    if (wasListed && change === 'updated') return 'removed' // it is no longer for everybody
    if (change === 'updated') return undefined
    return wasListed || record.visibility === 'public' ? change : undefined
  }

  #forget(id: string): void {
    this.#pauses.get(id)?.cancel()
    this.#pauses.delete(id)
  }
}

/** Public, and can be watched now. */
function isListed({ record, state }: Broadcast): boolean {
  return record.visibility === 'public' && (state === 'live' || state === 'reconnecting')
}

/** Public broadcasts that can be watched now, newest first. */
export async function onAir(broadcasts: Broadcasts): Promise<readonly Broadcast[]> {
  const found = await broadcasts.list({
    visibility: 'public',
    states: ['live', 'reconnecting'],
    offset: 0,
    limit: 500,
  })
  return found.broadcasts
}
