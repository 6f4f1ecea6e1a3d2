import { fragment, type Sample } from '../../media/fmp4/fragment.ts'
import type { Codec } from '../track-info.ts'
import type { Boundary } from './boundaries.ts'
import { MEASURED, partTargetFor, SHORTEST_SHARE } from './part-target.ts'
import type { Initialization, Part, Rendition, RenditionReader, Segment } from './rendition.ts'

export type PackagedRenditionOptions = {
  id: string
  kind: 'audio' | 'video'
  codec: Codec
  /** Ticks per second. */
  timescale: number
  /** Seconds that are wanted; pictures may need a little more. */
  partTarget: number
  /** Seconds that no segment reaches. */
  longest: number
}

type GrowingSegment = { -readonly [Key in keyof Segment]: Segment[Key] } & { readonly parts: Part[] }

/** Turns samples into parts and segments, and tells its readers. */
export class PackagedRendition implements Rendition {
  readonly id: string
  readonly kind: 'audio' | 'video'
  codec: Codec
  timescale: number
  #partTarget: number
  readonly #longest: number
  #readers: readonly RenditionReader[] = []
  #initialization: Initialization | undefined
  #segment: GrowingSegment | undefined
  #number = -1
  /** Ticks of the samples of the segment, whether they are in a part or not. */
  #segmentTicks = 0
  #samples: Sample[] = []
  #partTicks = 0
  /** Of the first sample of the next part. */
  #decodeTime = 0
  #fragments = 0
  /** What came before the part target was fixed, by what came. */
  #early: { readonly sample: Sample; readonly decodeTime: number }[] | undefined = []

  constructor({ id, kind, codec, timescale, partTarget, longest }: PackagedRenditionOptions) {
    this.id = id
    this.kind = kind
    this.codec = codec
    this.timescale = timescale
    this.#partTarget = partTarget
    this.#longest = longest
  }

  get partTarget(): number {
    return this.#partTarget
  }

  get initialization(): Initialization | undefined {
    return this.#initialization
  }

  /** Number of the latest segment, complete, missed or neither; -1 before the first. */
  get number(): number {
    return this.#number
  }

  /** Whether samples have a segment to go to. */
  get isGrowing(): boolean {
    return this.#segment !== undefined
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

  /** What follows belongs to the segment that begins there, and is shown from `startedAt` on. */
  begin({ number, discontinuity, discontinuities }: Boundary, startedAt: number): void {
    this.complete()
    const initialization = this.#initialization
    if (!initialization) return
    this.#number = number
    this.#segmentTicks = 0
    this.#segment = {
      ...{ number, initialization, parts: [], duration: 0, startedAt },
      ...{ discontinuity, discontinuities, complete: false },
    }
  }

  /** `decodeTime` is in ticks of the timescale. */
  push(sample: Sample, decodeTime: number): void {
    if (!this.#segment) return
    const room = Math.floor(this.#longest * this.timescale) - this.#segmentTicks
    if (room <= 0) return
    const fitting = sample.duration <= room ? sample : { ...sample, duration: room }
    this.#segmentTicks += fitting.duration
    const early = this.#early
    if (!early) {
      this.#append(fitting, decodeTime)
      return
    }
    early.push({ sample: fitting, decodeTime })
    if (this.#segmentTicks >= MEASURED[this.kind] * this.timescale) this.#fixPartTarget()
  }

  /** Ends the current segment. */
  complete(): void {
    const segment = this.#segment
    if (!segment) return
    if (this.#segmentTicks > 0) this.#fixPartTarget()
    this.#flushPart()
    this.#segment = undefined
    segment.complete = true
    for (const reader of this.#readers)
      if (segment.parts.length > 0) reader.segmentCompleted(this, segment)
      else reader.segmentMissed?.(this, segment)
  }

  /** There is nothing for the segment that began there. */
  miss({ number, discontinuity, discontinuities }: Boundary, startedAt: number, duration: number): void {
    this.complete()
    this.#number = number
    const missed = { number, duration, startedAt, discontinuity, discontinuities }
    for (const reader of this.#readers) reader.segmentMissed?.(this, missed)
  }

  #fixPartTarget(): void {
    const early = this.#early
    if (!early) return
    this.#early = undefined
    const sampleDuration = this.#segmentTicks / early.length / this.timescale
    this.#partTarget = partTargetFor(this.kind, this.#partTarget, sampleDuration)
    for (const { sample, decodeTime } of early) this.#append(sample, decodeTime)
  }

  #append(sample: Sample, decodeTime: number): void {
    const target = this.#partTarget * this.timescale
    if (this.#partTicks + sample.duration > target) this.#flushPart()
    if (this.#samples.length === 0) this.#decodeTime = decodeTime
    this.#samples.push(sample)
    this.#partTicks += sample.duration
    // Another sample like this one would be too many: readers need not wait for it.
    if (this.#partTicks >= target * SHORTEST_SHARE && this.#partTicks + sample.duration > target)
      this.#flushPart()
  }

  #flushPart(): void {
    const samples = this.#samples
    const segment = this.#segment
    if (samples.length === 0 || !segment) return
    const bytes = fragment({ sequence: ++this.#fragments, decodeTime: this.#decodeTime, samples })
    const duration = this.#partTicks / this.timescale
    const part: Part = { bytes, duration, independent: samples[0]?.key ?? false }
    this.#samples = []
    this.#partTicks = 0
    segment.parts.push(part)
    segment.duration += duration
    for (const reader of this.#readers) reader.partCompleted(this, segment, part)
  }
}
