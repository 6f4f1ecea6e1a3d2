const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const DELAYS = [5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR]
/** Receivers that fail together are not asked again together. */
const JITTER = 0.2

/** Attempts of one delivery, the first included. */
export const MAX_TRIES = DELAYS.length + 1

/** Milliseconds until the next attempt after so many; undefined after the last. `random` is from 0 to 1. */
export function retryDelay(tries: number, random: number): number | undefined {
  const delay = DELAYS[tries - 1]
  return delay === undefined ? undefined : Math.round(delay * (1 - JITTER + 2 * JITTER * random))
}
