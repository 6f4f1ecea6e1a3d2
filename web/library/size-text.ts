const UNITS = ['kB', 'MB', 'GB', 'TB']

/** `850 kB`, `12.4 MB`, `1.3 GB`; what is there is never shown as nothing. */
export function sizeText(bytes: number): string {
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  if (bytes > 0 && value < 1 && unit === 0) return '1 kB'
  return `${unit > 0 && value < 99.95 ? Number(value.toFixed(1)) : Math.round(value)} ${UNITS[unit] ?? ''}`
}
