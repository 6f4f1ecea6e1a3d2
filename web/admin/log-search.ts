import type { ViewingFilter } from '../../client/index.ts'

/** What is looked for, as it stands in the address of the page. */
export type LogSearch = {
  q?: string
  who?: 'signed-in' | 'anonymous'
  /** Days as people write them, `2026-01-31`, in the reader's own time zone. */
  from?: string
  to?: string
  broadcast?: string
  page?: number
}

const DAY = /^\d{4}-\d\d-\d\d$/

/** Only what makes sense of an address that anybody may have written. */
export function logSearchIn(raw: Record<string, unknown>): LogSearch {
  const text = (name: string) => {
    const value = raw[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : ''
  }
  const { who } = raw
  const page = Number(raw['page'])
  return {
    ...(text('q') && { q: text('q') }),
    ...((who === 'signed-in' || who === 'anonymous') && { who }),
    ...(isDay(text('from')) && { from: text('from') }),
    ...(isDay(text('to')) && { to: text('to') }),
    ...(text('broadcast') && { broadcast: text('broadcast') }),
    ...(Number.isInteger(page) && page > 1 && page < 1_000_000 && { page }),
  }
}

/** What the server is asked. The last day is part of what is asked for. */
export function filterOf({ q, who, from, to, broadcast }: LogSearch): ViewingFilter {
  return {
    q: q?.trim() || undefined,
    authenticated: who && who === 'signed-in',
    from: from === undefined ? undefined : startOfDay(from, 0),
    to: to === undefined ? undefined : startOfDay(to, 1),
    broadcast,
  }
}

function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text))
}

function startOfDay(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + daysLater).toISOString()
}
