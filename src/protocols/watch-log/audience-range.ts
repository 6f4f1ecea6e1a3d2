import type { BroadcastRecord } from '../../core/broadcast-store.ts'
import { BroadcastError } from '../../core/errors.ts'

/** Milliseconds. */
export type AudienceRange = { readonly from: number; readonly to: number; readonly step: number }

const SECOND = 1000
/** Steps that people think in, in seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400]
const POINTS = 240
const MAX_POINTS = 2000

/** What of a broadcast's audience is shown: all of its latest run in a few hundred points, unless something else is asked for. */
export function audienceRange(
  { startedAt, endedAt, createdAt }: Pick<BroadcastRecord, 'startedAt' | 'endedAt' | 'createdAt'>,
  now: number,
  wanted: Partial<AudienceRange> = {},
): AudienceRange {
  const from = wanted.from ?? startedAt ?? createdAt
  const to = Math.max(wanted.to ?? endedAt ?? now, wanted.to === undefined ? from + SECOND : 0)
  if (to <= from) throw new BroadcastError('bad-request', '"to" must be later than "from"')
  const step = wanted.step ?? fittingStep(to - from)
  if ((to - from) / step > MAX_POINTS)
    throw new BroadcastError('bad-request', `these are more than ${MAX_POINTS} points: use a longer step`)
  return { from, to, step }
}

function fittingStep(duration: number): number {
  const step = STEPS.find((seconds) => duration / (seconds * SECOND) <= POINTS)
  return (step ?? Math.ceil(duration / SECOND / POINTS)) * SECOND
}
