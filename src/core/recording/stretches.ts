import type { RecordedInitialization, RecordedSegment, RenditionJournal } from './journal.ts'

/** Segments of one rendition that one initialization and one period hold together. */
export type Stretch = {
  readonly period: number
  readonly initialization: RecordedInitialization
  /** When its first sample was taken, in milliseconds since the epoch. */
  readonly startedAt: number
  /** Where its bytes lie in the media file, in order, joined where they touch. */
  readonly extents: readonly { readonly offset: number; readonly size: number }[]
}

/** What of a rendition can be played, in order. */
export function stretchesOf({ segments, initializations }: RenditionJournal): readonly Stretch[] {
  const stretches: { first: RecordedSegment; extents: { offset: number; size: number }[] }[] = []
  for (const segment of segments) {
    if (segment.missing) continue
    const { offset, size, period, file } = segment
    let stretch = stretches.at(-1)
    if (!stretch || stretch.first.period !== period || stretch.first.file !== file) {
      stretch = { first: segment, extents: [] }
      stretches.push(stretch)
    }
    const before = stretch.extents.at(-1)
    if (before && before.offset + before.size === offset) before.size += size
    else stretch.extents.push({ offset, size })
  }
  return stretches.flatMap(({ first: { period, startedAt, file }, extents }) => {
    const initialization = initializations.find((one) => one.file === file)
    return initialization ? { period, initialization, startedAt, extents } : []
  })
}

/** The beginning of one rendition's part of a period. */
export type Beginning = {
  /** Seconds, as its media has it. */
  readonly timestamp: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** Seconds by which renditions of one time line may differ in what they say about the time of day. */
const SAME_TIME_LINE = 0.5

/**
 * What to subtract from each rendition's time stamps so that a period begins at 0 and sound stays with the picture.
 * Renditions of one packager share a time line, which is exact; if they do not, the time of day has to do.
 */
export function originsOf(beginnings: readonly Beginning[]): readonly number[] {
  const epochOf = ({ startedAt, timestamp }: Beginning) => startedAt / 1000 - timestamp
  const epochs = beginnings.map(epochOf)
  if (Math.max(...epochs) - Math.min(...epochs) <= SAME_TIME_LINE) {
    const origin = Math.min(...beginnings.map(({ timestamp }) => timestamp))
    return beginnings.map(() => origin)
  }
  const first = Math.min(...beginnings.map(({ startedAt }) => startedAt))
  return beginnings.map(({ timestamp, startedAt }) => timestamp - (startedAt - first) / 1000)
}
