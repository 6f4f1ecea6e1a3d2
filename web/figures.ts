/** `7:05`, or `1:02:03` from an hour on. */
export function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** How long something lasts, as people say it: `just now`, `12 min`, `3 h 5 min`, `2 days`. */
export function spanText(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  return `${Math.floor(hours / 24)} days`
}

/** `850 kbit/s` or `2.5 Mbit/s`. */
export function bitrateText(bitsPerSecond: number): string {
  if (bitsPerSecond < 999_500) return `${Math.round(bitsPerSecond / 1000)} kbit/s`
  return `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbit/s`
}

/** A share of 1 as `0 %`, `0.4 %` or `12 %`; what is there is never shown as nothing. */
export function percentText(share: number): string {
  const percent = share * 100
  if (percent <= 0) return '0 %'
  if (percent < 0.1) return '< 0.1 %'
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)} %`
}

/** `720p` for a picture of 1280 × 720, whichever way up it is held. */
export function resolutionText(width: number, height: number): string {
  return `${Math.min(width, height)}p`
}

/** `1 viewer`, `12 viewers`. */
export function viewersText(viewers: number): string {
  return viewers === 1 ? '1 viewer' : `${viewers.toLocaleString('en')} viewers`
}
