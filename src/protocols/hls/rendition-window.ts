import type {
  MissedSegment,
  Part,
  Rendition,
  RenditionReader,
  Segment,
} from '../../core/packaging/rendition.ts'
import type { Archive } from './archive.ts'

/** A segment in a playlist: one that there is, or the place of one that there is not. */
export type Entry = {
  readonly number: number
  readonly startedAt: number
  readonly discontinuity: boolean
  /** Up to and with this one, since the beginning. */
  readonly discontinuities: number
  /** Undefined for a gap. */
  readonly segment: Segment | undefined
  readonly missedDuration: number
  /** Its bytes are in the archive; its one part says only how it begins. */
  readonly archived: boolean
}

/** Seconds of segments, from the latest one back. */
export type WindowSpans = {
  /** In the playlist. */
  readonly listed: number
  /** Can be fetched. */
  readonly held: number
  /** Of these, as long as there is an archive for the rest, in memory. */
  readonly inMemory: number
}

const NO_BYTES = Buffer.alloc(0)
/** Segments that the archive does not have are kept in memory for longer, in seconds, but not for ever. */
const UNARCHIVED = 300

/** A place at the end of a rendition's playlist, such as the next part that will come. */
export type Edge = { readonly msn: number; readonly part: number }

/** The latest segments of one rendition, and whoever waits for the next part. */
export class RenditionWindow implements RenditionReader {
  readonly rendition: Rendition
  readonly #spans: WindowSpans
  readonly #archive: Archive | undefined
  #entries: readonly Entry[] = []
  #waiting = new Set<() => void>()
  #isTelling = false
  #isOver = false
  #isIndependent = true
  /** Most bits per second of a segment so far. */
  #peak = 0
  #bits = 0
  #seconds = 0
  /** Counts up with every change, so that what was written can be kept until then. */
  version = 0

  constructor(rendition: Rendition, spans: WindowSpans, archive?: Archive) {
    this.rendition = rendition
    this.#spans = spans
    this.#archive = archive
    rendition.read(this)
  }

  /** Nothing comes any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether a player could begin with any segment so far; once false, it stays so. */
  get isIndependent(): boolean {
    return this.#isIndependent
  }

  /** The last that is there, for the playlists of other renditions (RFC 8216bis §4.4.5.4). */
  get last(): Edge | undefined {
    const latest = this.#entries.at(-1)
    return latest && { msn: latest.number, part: Math.max(0, (latest.segment?.parts.length ?? 0) - 1) }
  }

  /** Those of the playlist, oldest first. */
  get listed(): readonly Entry[] {
    let seconds = 0
    let from = this.#entries.length
    while (from > 0 && seconds < this.#spans.listed) seconds += durationOf(this.#entries[--from])
    return this.#entries.slice(from)
  }

  get edge(): Edge {
    const latest = this.#entries.at(-1)
    if (!latest) return { msn: 0, part: 0 }
    if (!latest.segment || latest.segment.complete) return { msn: latest.number + 1, part: 0 }
    return { msn: latest.number, part: latest.segment.parts.length }
  }

  get bandwidth(): { readonly peak: number; readonly average: number } {
    const current = this.#entries.at(-1)?.segment
    const first =
      this.#peak === 0 && current && current.duration > 0 ? (bytesOf(current) * 8) / current.duration : 0
    const peak = Math.ceil(Math.max(this.#peak, first))
    return { peak, average: this.#seconds > 0 ? Math.ceil(this.#bits / this.#seconds) : peak }
  }

  get latest(): Segment | undefined {
    return this.#entries.findLast(({ segment }) => segment)?.segment
  }

  /** The pieces of a whole segment, from memory or from the archive; undefined when it is not held. */
  async read(number: number): Promise<readonly Buffer[] | undefined> {
    const entry = this.#entries.find((each) => each.number === number)
    if (!entry?.segment?.complete) return undefined
    if (!entry.archived) return entry.segment.parts.map(({ bytes }) => bytes)
    const bytes = await this.#archive?.read(this.rendition.id, number)
    return bytes && [bytes]
  }

  segment(number: number): Segment | undefined {
    return this.#entries.find((entry) => entry.number === number)?.segment
  }

  /** As one piece, like any file; undefined when no segment that is held needs it. */
  initialization(number: number): readonly Buffer[] | undefined {
    const entry = this.#entries.findLast(({ segment }) => segment?.initialization.number === number)
    return entry?.segment && [entry.segment.initialization.bytes]
  }

  /** True once the playlist holds that part; without a part, once the segment is complete (RFC 8216bis §6.2.5.2). */
  has({ msn, part }: { msn: number; part: number | undefined }): boolean {
    const { edge } = this
    const segment = part === undefined ? undefined : this.segment(msn)
    // A part beyond the last of its segment means the first of the next.
    if (segment?.complete && (part ?? 0) >= segment.parts.length)
      return msn + 1 < edge.msn || (msn + 1 === edge.msn && edge.part > 0)
    if (msn !== edge.msn) return msn < edge.msn
    return part !== undefined && part < edge.part
  }

  /** Calls once after the next change, or when nothing comes any more. Returns a function that stops waiting. */
  wait(onChange: () => void): () => void {
    this.#waiting.add(onChange)
    return () => this.#waiting.delete(onChange)
  }

  partCompleted(_rendition: Rendition, segment: Segment): void {
    if (segment.parts[0]?.independent !== true) this.#isIndependent = false
    if (this.#entries.at(-1)?.segment !== segment)
      this.#add({
        number: segment.number,
        startedAt: segment.startedAt,
        discontinuity: segment.discontinuity,
        discontinuities: segment.discontinuities,
        segment,
        missedDuration: 0,
        archived: false,
      })
    this.#changed()
  }

  segmentCompleted(_rendition: Rendition, segment: Segment): void {
    const bits = bytesOf(segment) * 8
    this.#bits += bits
    this.#seconds += segment.duration
    if (segment.duration > 0) this.#peak = Math.max(this.#peak, bits / segment.duration)
    this.#forget()
    if (this.#archive) this.#entries = this.#withoutOldBytes(this.#archive)
    this.#changed()
  }

  segmentMissed(_rendition: Rendition, missed: MissedSegment): void {
    const { number, startedAt, discontinuity, discontinuities, duration } = missed
    this.#add({
      ...{ number, startedAt, discontinuity, discontinuities },
      segment: undefined,
      missedDuration: duration,
      archived: false,
    })
    this.#forget()
    this.#changed()
  }

  finish(): void {
    this.#isOver = true
    this.#changed()
  }

  #add(entry: Entry): void {
    this.#entries = [...this.#entries, entry]
  }

  /** Those that a client may still know of from an older playlist stay a while longer. */
  #forget(): void {
    let seconds = 0
    let from = this.#entries.length
    while (from > 0 && seconds < this.#spans.held) seconds += durationOf(this.#entries[--from])
    if (from > 0) this.#entries = this.#entries.slice(from)
  }

  #withoutOldBytes(archive: Archive): readonly Entry[] {
    let seconds = 0
    return this.#entries
      .toReversed()
      .map((entry) => {
        seconds += durationOf(entry)
        if (entry.archived || !entry.segment || seconds <= this.#spans.inMemory) return entry
        if (seconds <= UNARCHIVED && !archive.has(this.rendition.id, entry.number)) return entry
        const parts = entry.segment.parts.slice(0, 1).map((part) => ({ ...part, bytes: NO_BYTES }))
        return { ...entry, archived: true, segment: { ...entry.segment, parts } }
      })
      .toReversed()
  }

  /** A part and the end of its segment come in one turn: who waits sees both. */
  #changed(): void {
    this.version++
    if (this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => {
      this.#isTelling = false
      const waiting = this.#waiting
      this.#waiting = new Set()
      for (const onChange of waiting) onChange()
    })
  }
}

export function durationOf(entry: Entry | undefined): number {
  return entry ? (entry.segment?.duration ?? entry.missedDuration) : 0
}

function bytesOf({ parts }: { readonly parts: readonly Part[] }): number {
  let bytes = 0
  for (const part of parts) bytes += part.bytes.length
  return bytes
}
