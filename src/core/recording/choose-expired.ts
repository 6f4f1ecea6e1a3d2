/** A recording that may be removed, as far as its age and size matter. */
export type Keepable = { readonly id: string; readonly endedAt: number; readonly bytes: number }

export type RetentionLimits = {
  /** Milliseconds; Infinity keeps them for ever. */
  readonly maxAge: number
  /** Of all recordings; Infinity for no limit. */
  readonly maxBytes: number
}

/** Which ones go: those that are too old, then the oldest until the rest fits. */
export function chooseExpired(
  recordings: readonly Keepable[],
  { maxAge, maxBytes }: RetentionLimits,
  now: number,
): readonly string[] {
  let bytes = 0
  const newestFirst = recordings.toSorted((a, b) => b.endedAt - a.endedAt || (a.id < b.id ? 1 : -1))
  let full = false
  return newestFirst
    .filter((recording) => {
      if (recording.endedAt < now - maxAge) return true
      bytes += recording.bytes
      full ||= bytes > maxBytes
      return full
    })
    .map(({ id }) => id)
}
