import type { BroadcastView } from '../../client/index.ts'

/** What a list is told: all of it, or one broadcast that is new, different or gone. */
export type ListChange =
  | { type: 'list'; broadcasts: readonly BroadcastView[] }
  | { type: 'started' | 'updated' | 'ended'; broadcast: BroadcastView }
  | { type: 'removed'; id: string }

/** The broadcasts on air after a change, the latest first. Those that are not on air are left out. */
export function onAirAfter(list: readonly BroadcastView[], change: ListChange): readonly BroadcastView[] {
  if (change.type === 'list') return change.broadcasts.filter(isOnAir).toSorted(latestFirst)
  const id = change.type === 'removed' ? change.id : change.broadcast.id
  const others = list.filter((broadcast) => broadcast.id !== id)
  if (change.type === 'removed' || !isOnAir(change.broadcast)) return others
  return [...others, change.broadcast].toSorted(latestFirst)
}

/** Live, or about to be again. */
export function isOnAir({ state }: Pick<BroadcastView, 'state'>): boolean {
  return state === 'live' || state === 'reconnecting'
}

function latestFirst(a: BroadcastView, b: BroadcastView): number {
  return startOf(b) - startOf(a) || (a.id < b.id ? -1 : 1)
}

function startOf({ startedAt, createdAt }: BroadcastView): number {
  return Date.parse(startedAt ?? createdAt)
}
