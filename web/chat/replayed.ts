import type { ChatMessage, ReactionCounts, RecordedChat } from '../../client/index.ts'

/** Seconds that are asked for at once. */
export const STRETCH = 300
const SHOWN = 100
/** Seconds of playing that one look covers at most; more than that is a jump. */
const LONGEST_STEP = 3

type Replayed = Pick<RecordedChat, 'items' | 'reactions'>

/** Which stretches are needed at a time: that before it, its own, and the next where that is near. */
export function stretchesAt(seconds: number): number[] {
  const here = Math.floor(Math.max(0, seconds) / STRETCH)
  const isNearEnd = (here + 1) * STRETCH - seconds < STRETCH / 5
  return [...(here > 0 ? [here - 1] : []), here, ...(isNearEnd ? [here + 1] : [])]
}

/** What had been said by then, as far as one would scroll back. */
export function saidBy(stretches: readonly Replayed[], seconds: number): ChatMessage[] {
  return stretches
    .flatMap(({ items }) => items)
    .filter((item) => item.seconds <= seconds)
    .slice(-SHOWN)
}

/** What was sent while playing from one time to the other; undefined for nothing, and for a jump. */
export function reactionsBetween(
  stretches: readonly Replayed[],
  from: number,
  to: number,
): ReactionCounts | undefined {
  if (to <= from || to - from > LONGEST_STEP) return undefined
  const counts: ReactionCounts = {}
  for (const { reactions } of stretches)
    for (const burst of reactions)
      if (burst.seconds > from && burst.seconds <= to)
        for (const [emoji, count] of Object.entries(burst.counts))
          counts[emoji] = (counts[emoji] ?? 0) + count
  return Object.keys(counts).length > 0 ? counts : undefined
}
