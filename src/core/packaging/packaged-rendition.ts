import { fragment, type Sample } from '../../media/fmp4/fragment.ts'
import type { Codec } from '../track-info.ts'
import type { Initialization, MissedSegment, Part, Rendition, RenditionReader, Segment } from './rendition.ts'

/** Parts of less than this share of the target are not made on purpose (RFC 8216bis §4.4.4.9). */
const SHORTEST_SHARE = 0.85
/** Frames of a slow camera make parts of up to this many seconds. */
const MAX_PART_TARGET = 1
/** Frames of a camera are not exactly as long as one another. */
const JITTER = 1.02

type GrowingSegment = { -readonly [Key in keyof Segment]: Segment[Key] } & { readonly parts: Part[] }

/** Turns samples into parts and segments, and tells its readers. */
export class PackagedRendition implements Rendition {
  readonly id: string
  readonly kind: 'audio' | 'video'
  readonly timescale: number
  codec: Codec
  #partTarget: number
  #targetIsFixed = false
  #readers: readonly RenditionReader[] = []
  #initialization: Initialization | undefined
  #segment: GrowingSegment | undefined
  #number = -1
  #samples: Sample[] = []
  #partTicks = 0
  #decodeTime = 0
  #fragments = 0

  constructor(options: {
    id: string
    kind: 'audio' | 'video'
    codec: Codec
    timescale: number
    partTarget: number
  }) {
    const { id, kind, codec, timescale, partTarget } = options
    this.id = id
    this.kind = kind
    this.codec = codec
    this.timescale = timescale
    this.#partTarget = partTarget
  }

  get partTarget(): number {
    return this.#partTarget
  }

  get initialization(): Initialization | undefined {
    return this.#initialization
  }

  /** Number of the latest segment, complete or not; -1 before the first. */
  get number(): number {
    return this.#number
  }

  read(reader: RenditionReader): () => void {
    this.#readers = [...this.#readers, reader]
    return () => {
      this.#readers = this.#readers.filter((other) => other !== reader)
    }
  }

  /** Holds from the next segment on. */
  initialize(initialization: Omit<Initialization, 'number'>): void {
    this.#initialization = { ...initialization, number: (this.#initialization?.number ?? -1) + 1 }
  }

  /** What follows belongs to the segment with this number, whose first sample is shown at `startedAt`. */
  begin(number: number, startedAt: number, discontinuity: boolean): void {
    this.complete()
    const initialization = this.#initialization
    if (!initialization) return
    this.#number = number
    this.#segment = {
      number,
      initialization,
      parts: [],
      duration: 0,
      startedAt,
      discontinuity,
      complete: false,
    }
  }

  /** `decodeTime` is in ticks of the timescale. */
  push(sample: Sample, decodeTime: number): void {
    if (!this.#segment) return
    const target = this.#partTarget * this.timescale
    if (this.#samples.length > 0 && this.#partTicks + sample.duration > target) this.#cutOrStretch(sample)
    if (this.#samples.length === 0) this.#decodeTime = decodeTime
    this.#samples.push(sample)
    this.#partTicks += sample.duration
    // Another sample like this one would be too many: readers need not wait for it.
    const isFull = this.#partTicks + sample.duration > this.#partTarget * this.timescale
    if (isFull && this.#isLongEnough()) this.#flushPart()
  }

  /** Ends the current segment. */
  complete(): void {
    this.#flushPart()
    const segment = this.#segment
    this.#segment = undefined
    if (!segment || segment.parts.length === 0) return
    segment.complete = true
    for (const reader of this.#readers) reader.segmentCompleted(this, segment)
  }

  /** There is nothing for this segment. */
  miss(missed: MissedSegment): void {
    this.complete()
    this.#number = missed.number
    for (const reader of this.#readers) reader.segmentMissed?.(this, missed)
  }

  #isLongEnough(): boolean {
    return this.#partTicks >= this.#partTarget * SHORTEST_SHARE * this.timescale
  }

  /** Frames that do not fill the target well make it longer, once: it may not change later. */
  #cutOrStretch(next: Sample): void {
    if (this.#targetIsFixed || this.#isLongEnough()) {
      this.#flushPart()
      return
    }
    const wanted = ((this.#partTicks + next.duration) / this.timescale) * JITTER
    this.#partTarget = Math.min(MAX_PART_TARGET, Math.ceil(wanted * 1000) / 1000)
  }

  #flushPart(): void {
    const samples = this.#samples
    const segment = this.#segment
    if (samples.length === 0 || !segment) return
    const bytes = fragment({ sequence: ++this.#fragments, decodeTime: this.#decodeTime, samples })
    const duration = this.#partTicks / this.timescale
    const part: Part = { bytes, duration, independent: samples[0]?.key ?? false }
    this.#targetIsFixed = true
    this.#samples = []
    this.#partTicks = 0
    segment.parts.push(part)
    segment.duration += duration
    for (const reader of this.#readers) reader.partCompleted(this, segment, part)
  }
}
