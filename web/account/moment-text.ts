const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'long' })
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** A date in words. */
export function dayOf(iso: string): string {
  return DAY.format(new Date(iso))
}

/** How long ago, or until when, in words. */
export function agoOf(iso: string, now = Date.now()): string {
  const past = Date.parse(iso) - now
  const [unit, length] = UNITS.find(([, size]) => Math.abs(past) >= size) ?? ['minute', 60_000]
  const count = Math.round(past / length)
  return count === 0 ? 'just now' : RELATIVE.format(count, unit)
}
