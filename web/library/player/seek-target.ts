/** Seconds to go to for a key; undefined leaves it to the page. */
export function seekTarget(
  key: string,
  { currentTime, duration }: { currentTime: number; duration: number },
): number | undefined {
  if (!Number.isFinite(duration)) return undefined
  const wanted = wantedTime(key, currentTime, duration)
  return wanted === undefined ? undefined : Math.min(duration, Math.max(0, wanted))
}

function wantedTime(key: string, now: number, duration: number): number | undefined {
  switch (key) {
    case 'arrowleft':
      return now - 5
    case 'arrowright':
      return now + 5
    case 'j':
      return now - 10
    case 'l':
      return now + 10
    case 'home':
      return 0
    case 'end':
      return duration
    default:
      return /^\d$/.test(key) ? (Number(key) / 10) * duration : undefined
  }
}
