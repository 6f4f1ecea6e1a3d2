import type { Codec } from '../track-info.ts'

/** Where a segment begins; written before its first byte, so that a crash leaves no bytes unexplained. */
export type SegmentStart = {
  readonly number: number
  /** Which media file of the rendition: a new initialization begins a new file. */
  readonly file: number
  /** In the media file. */
  readonly offset: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Stretch of unbroken time stamps, counted over the whole recording: the same in each of its renditions. */
  readonly period: number
}

/** A segment that is whole. */
export type RecordedSegment = SegmentStart & {
  readonly size: number
  /** Seconds. */
  readonly duration: number
  /** Of its bytes, in hexadecimal: any machine can check it with `sha256sum`. */
  readonly sha256: string
  /** Its bytes never came, or were damaged on the disk: players leave it out. */
  readonly missing?: true
}

/** The beginning of a media file. */
export type RecordedInitialization = {
  readonly file: number
  readonly codecs: string
  readonly width: number
  readonly height: number
  /** Bytes at the start of the file. */
  readonly size: number
}

/** Which rendition a journal is of. */
export type JournalHeader = { readonly id: string; readonly kind: 'video' | 'audio'; readonly codec: Codec }

/** What is known of one rendition of a recording, in the order in which it was written. */
export type RenditionJournal = JournalHeader & {
  readonly initializations: readonly RecordedInitialization[]
  readonly segments: readonly RecordedSegment[]
  /** Begun, and not ended when the journal stops. */
  readonly begun: SegmentStart | undefined
}

/** One line of a journal. */
export type JournalLine =
  | { readonly rendition: JournalHeader }
  | { readonly initialization: RecordedInitialization }
  | { readonly begin: SegmentStart }
  | { readonly segment: RecordedSegment }

/** With its line feed. */
export function journalLine(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`
}

/** The journal as a file that needs no recovery. */
export function journalText({ id, kind, codec, initializations, segments }: RenditionJournal): string {
  const lines: JournalLine[] = [{ rendition: { id, kind, codec } }]
  for (const initialization of initializations) lines.push({ initialization })
  for (const segment of segments) lines.push({ segment })
  return lines.map(journalLine).join('')
}

/** Reads as far as the text makes sense: a crash may have torn its last line. Undefined without a first line. */
export function readJournal(text: string): RenditionJournal | undefined {
  let header: JournalHeader | undefined
  const initializations: RecordedInitialization[] = []
  const segments: RecordedSegment[] = []
  let begun: SegmentStart | undefined
  for (const raw of text.split('\n')) {
    const line = lineOf(raw)
    if (!line) break
    if ('rendition' in line) header ??= line.rendition
    else if ('initialization' in line) initializations.push(line.initialization)
    else if ('begin' in line) begun = line.begin
    else {
      segments.push(line.segment)
      begun = undefined
    }
  }
  return header && { ...header, initializations, segments, begun }
}

function lineOf(raw: string): JournalLine | undefined {
  try {
    const line: unknown = JSON.parse(raw)
    const known = ['rendition', 'initialization', 'begin', 'segment']
    if (typeof line !== 'object' || line === null) return undefined
    const [name = ''] = Object.keys(line)
    return known.includes(name) ? (line as JournalLine) : undefined
  } catch {
    return undefined
  }
}
