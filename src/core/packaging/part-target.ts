/** Parts of less than this share of the target are not made on purpose (RFC 8216bis §4.4.4.9). */
export const SHORTEST_SHARE = 0.85

/** Seconds of samples from which the target is taken. Packets of sound are all alike. */
export const MEASURED = { audio: 0, video: 1 }

/** Between the least and the most that a part may have; pictures do not last exactly as long as one another. */
const HEADROOM = 1.08
/** More would be nearly another picture. */
const ROUND_UP = 0.3
/** No part is longer on purpose. */
const MOST = 2

/**
 * The part target, in whole milliseconds, near what is `wanted`: so that a whole number of samples fits, and that
 * their number never has to change because some are a little shorter or longer.
 */
export function partTargetFor(kind: 'audio' | 'video', wanted: number, sampleDuration: number): number {
  if (kind === 'audio') {
    const filled = Math.floor(wanted / sampleDuration + 1e-6) * sampleDuration
    if (filled >= wanted * SHORTEST_SHARE) return wanted
    return milliseconds(Math.max(1, Math.round(wanted / sampleDuration)) * sampleDuration)
  }
  const pictures = Math.max(1, Math.floor(wanted / sampleDuration + ROUND_UP))
  return milliseconds(Math.min(MOST, pictures * sampleDuration * HEADROOM))
}

function milliseconds(seconds: number): number {
  return Math.ceil(seconds * 1000 - 1e-6) / 1000
}
