const SHORTEST = 200
const LONGEST = 5000

/** Milliseconds to wait after so many failures: longer each time, and by chance, lest all clients come back at once. */
export function backOff(failures: number): number {
  return SHORTEST + Math.random() * Math.min(LONGEST, SHORTEST * 2 ** failures)
}
