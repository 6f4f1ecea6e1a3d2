import type { RenditionJournal } from './journal.ts'

/** What the journals of a recording amount to. */
export type RecordingFacts = {
  /** Seconds of media. */
  readonly duration: number
  readonly size: number
  readonly codecs: readonly string[]
  /** Milliseconds since the epoch; undefined without media. */
  readonly endedAt: number | undefined
}

/** Sums them up. */
export function factsOf(renditions: readonly RenditionJournal[]): RecordingFacts {
  let size = 0
  let duration = 0
  let endedAt: number | undefined
  const codecs = new Set<string>()
  for (const { segments, initializations } of renditions) {
    let seconds = 0
    for (const initialization of initializations) {
      size += initialization.size
      codecs.add(initialization.codecs)
    }
    for (const segment of segments) {
      size += segment.size
      if (!segment.missing) seconds += segment.duration
    }
    const last = segments.at(-1)
    if (last) endedAt = Math.max(endedAt ?? 0, Math.round(last.startedAt + last.duration * 1000))
    duration = Math.max(duration, seconds)
  }
  return { duration, size, codecs: [...codecs], endedAt }
}

/** Rounded for people and the database. */
export const roundedSeconds = (seconds: number) => Math.round(seconds * 1000) / 1000
