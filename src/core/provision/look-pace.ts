const SECOND = 1000
/** Until its client has set up its encoder, and for those that come late. */
const WAITING = { first: SECOND, later: 5 * SECOND, laterAfter: 120 * SECOND }
const LIVE = { least: SECOND / 2, most: 2 * SECOND }
/** Of a segment: a quarter of it is what polling costs in delay at most. */
const PER_SEGMENT = 4
const FAILED = { first: SECOND / 5, most: 30 * SECOND }

/** Milliseconds until the playlist of a stream that shows nothing yet is looked for again. */
export function waitingPace(waited: number): number {
  return waited < WAITING.laterAfter ? WAITING.first : WAITING.later
}

/** The same while it is live. `targetDuration` in seconds. */
export function livePace(targetDuration: number): number {
  return Math.min(LIVE.most, Math.max(LIVE.least, (targetDuration * SECOND) / PER_SEGMENT))
}

/** The same after so many failures in a row. `random` is from 0 to 1: not all streams come back at once. */
export function failedPace(failures: number, random: number): number {
  const longest = Math.min(FAILED.most, FAILED.first * 2 ** (failures - 1))
  return longest * (0.5 + random / 2)
}
