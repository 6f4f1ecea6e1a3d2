const FIRST = 250
const LONGEST = 8000
/** What a crowd spreads over beyond Retry-After, as a part of it. */
const SPREAD = 0.25

/**
 * Milliseconds to wait before the next attempt, `attempt` counted from 0. Full jitter, so that the viewers of a server
 * that comes back do not all knock at once; never earlier than the server said.
 */
export function backOff(attempt: number, retryAfter = 0): number {
  const jittered = Math.random() * Math.min(LONGEST, FIRST * 2 ** attempt)
  return Math.max(jittered, retryAfter * 1000 * (1 + Math.random() * SPREAD))
}
