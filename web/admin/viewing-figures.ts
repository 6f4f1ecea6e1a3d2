import type { LoggedViewing } from '../../client/index.ts'
import { clockText } from '../figures.ts'
import { texts } from './texts.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']
const SHOWN_INTERVALS = 2
/** So that a number and its unit stay on one line. */
const SPACE = '\u00a0'

/** `0 B`, `850 kB`, `1.2 GB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)}${SPACE}${UNITS[unit]}`
}

/** What of it was watched: `0:10–0:30, 1:00–1:20 and 4 more`; '' where nothing is known. */
export function intervalsText({
  intervals,
  intervalUnit,
}: Pick<LoggedViewing, 'intervals' | 'intervalUnit'>): string {
  const text = intervalUnit === 'bytes' ? bytesText : (seconds: number) => clockText(seconds * 1000)
  const shown = intervals.slice(0, SHOWN_INTERVALS).map(([from, to]) => `${text(from)}–${text(to)}`)
  const more = intervals.length - shown.length
  return more > 0 ? `${shown.join(', ')} ${texts.more(more)}` : shown.join(', ')
}

/** `14:05` of today, `31 Jan, 14:05` of this year, `31 Jan 2029, 14:05` of another, as the reader writes it. */
export function momentText(time: number, now: number): string {
  const [date, today] = [new Date(time), new Date(now)]
  const clock = { hour: '2-digit', minute: '2-digit' } as const
  if (date.toDateString() === today.toDateString()) return date.toLocaleTimeString(undefined, clock)
  const year = date.getFullYear() === today.getFullYear() ? undefined : ('numeric' as const)
  return date.toLocaleString(undefined, { day: 'numeric', month: 'short', year, ...clock })
}
