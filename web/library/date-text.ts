const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** `3 Jan 2026`, where the reader is. */
export function dateText(time: string): string {
  return DATE.format(new Date(time))
}
