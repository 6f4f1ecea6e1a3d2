/** Where somebody stopped watching. Seconds; `seenAt` in milliseconds since the epoch. */
export type Position = { at: number; duration: number; seenAt: number }

/** By kind and id of the item. */
export type Positions = Readonly<Record<string, Position>>

const MOST = 200
/** Who has seen less has not begun, who has less to come has finished. */
const BEGUN_AFTER = 10
const FINISHED_BEFORE = 15

/** All positions after one more; the oldest are forgotten, and what was finished or not begun is not kept. */
export function positionsAfter(positions: Positions, item: string, position: Position): Positions {
  const { [item]: _, ...others } = positions
  const kept = isWorthKeeping(position) ? { ...others, [item]: position } : others
  const newest = Object.entries(kept).toSorted(([, a], [, b]) => b.seenAt - a.seenAt)
  return Object.fromEntries(newest.slice(0, MOST))
}

/** What was written earlier, as far as it is still understood. */
export function positionsIn(text: string | null): Positions {
  let found: unknown
  try {
    found = JSON.parse(text ?? '{}')
  } catch {
    return {}
  }
  if (typeof found !== 'object' || found === null) return {}
  return Object.fromEntries(Object.entries(found).filter(([, value]) => isPosition(value)))
}

/** 0 to 100. */
export function percentSeen({ at, duration }: Position): number {
  return duration > 0 ? Math.min(100, Math.max(1, Math.round((at / duration) * 100))) : 0
}

function isWorthKeeping({ at, duration }: Position): boolean {
  return at >= BEGUN_AFTER && duration - at >= FINISHED_BEFORE
}

function isPosition(value: unknown): value is Position {
  if (typeof value !== 'object' || value === null) return false
  const { at, duration, seenAt } = value as Record<string, unknown>
  return [at, duration, seenAt].every((number) => Number.isFinite(number))
}
