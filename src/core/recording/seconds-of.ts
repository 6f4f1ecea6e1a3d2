import type { RenditionJournal } from './journal.ts'

/** Which seconds of a recording lie in a range of bytes of a media file; undefined for its header alone. */
export function secondsOf(
  { segments }: RenditionJournal,
  file: number,
  { from, to }: { readonly from: number; readonly to: number },
): { from: number; to: number } | undefined {
  let seconds = 0
  let found: { from: number; to: number } | undefined
  for (const segment of segments) {
    const { offset, size, duration, missing } = segment
    if (!missing && segment.file === file && offset < to && offset + size > from)
      found = { from: found?.from ?? seconds, to: seconds + duration }
    if (!missing) seconds += duration
  }
  return found
}
