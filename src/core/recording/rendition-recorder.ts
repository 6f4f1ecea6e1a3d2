import { BroadcastError } from '../errors.ts'
import type {
  Initialization,
  MissedSegment,
  Part,
  Rendition,
  RenditionReader,
  Segment,
} from '../packaging/rendition.ts'
import type { RenditionJournal } from './journal.ts'
import type { PeriodOf } from './periods.ts'
import type { NewSegment, RenditionWriter } from './recording-storage.ts'

type Step =
  | { readonly begin: NewSegment; readonly initialization: Initialization }
  | { readonly part: Part }
  | { readonly missed: NewSegment; readonly duration: number }
  | 'end'

/** What a rendition's recorder asks of the recording it belongs to. */
export type RecordingSide = {
  open(): Promise<RenditionWriter>
  /** Whether there is room for one more part, on the disk and in the queue; takes its place in the queue. */
  take(bytes: number): boolean
  /** The bytes have left the queue, written or not. */
  give(bytes: number): void
  /** Whether it makes sense to begin again. */
  mayResume(): boolean
  periodOf(segment: PeriodOf): number
  /** Bytes that were not recorded. */
  lost(bytes: number): void
  /** A write was refused for want of room. */
  ranOut(): void
  failed(error: unknown): void
}

/**
 * Takes one rendition as it comes and writes it when the disk is ready. Nothing here waits while media is handed
 * over. What cannot be written is left out up to the beginning of a later segment.
 */
export class RenditionRecorder implements RenditionReader {
  readonly #side: RecordingSide
  #steps: Step[] = []
  #draining: Promise<void> | undefined
  #writer: RenditionWriter | undefined
  /** Number of the segment that is being recorded. */
  #segment: number | undefined
  /** Something was left out: time stamps jump at the next segment. */
  #resuming = false
  /** Closed, or the disk fails in a way that room does not cure. */
  #broken = false
  #period: number | undefined

  constructor(side: RecordingSide) {
    this.#side = side
  }

  /** What is on the disk. */
  get journal(): RenditionJournal | undefined {
    return this.#writer?.journal
  }

  partCompleted(_rendition: Rendition, segment: Segment, part: Part): void {
    if (this.#broken) return
    if (segment.number !== this.#segment && !this.#begin(segment, part)) {
      if (this.#resuming || !this.#side.mayResume()) this.#side.lost(part.bytes.length)
      return
    }
    this.#push(part)
  }

  segmentCompleted(_rendition: Rendition, segment: Segment): void {
    if (segment.number === this.#segment) this.#end()
  }

  /** Nothing to write, but what follows belongs where it is. */
  segmentMissed(_rendition: Rendition, missed: MissedSegment): void {
    this.#end()
    if (this.#broken || this.#resuming || this.#period === undefined) return
    const { number, startedAt, duration } = missed
    this.#period = this.#periodOf(missed)
    this.#steps.push({
      missed: { number, startedAt: Math.round(startedAt), period: this.#period },
      duration,
    })
    this.#draining ??= this.#drain()
  }

  /** The rendition goes on in another object: time stamps begin anew. */
  interrupt(): void {
    this.#end()
    this.#resuming = this.#period !== undefined
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.#end()
    this.#broken = true
    await this.#draining
    await this.#writer?.close()
  }

  /** False when this is not the place to begin: a player could not start here, or there is no room. */
  #begin(segment: Segment, part: Part): boolean {
    this.#end()
    const [first] = segment.parts
    const isNew = this.#period === undefined || this.#resuming
    const isPlace =
      first !== undefined &&
      (first.independent || !isNew) &&
      (first === part || this.#period === undefined) &&
      this.#side.mayResume()
    if (!isPlace) {
      this.#resuming = this.#period !== undefined
      return false
    }
    const { number, initialization } = segment
    const startedAt = Math.round(segment.startedAt)
    this.#period = this.#periodOf(segment)
    this.#resuming = false
    this.#segment = number
    this.#steps.push({ begin: { number, startedAt, period: this.#period }, initialization })
    for (const earlier of segment.parts) if (earlier !== part) this.#push(earlier)
    return true
  }

  #periodOf({ startedAt, discontinuities }: Segment | MissedSegment): number {
    const [resuming, previous] = [this.#resuming, this.#period]
    return this.#side.periodOf({ startedAt, discontinuities, resuming, previous })
  }

  #push(part: Part): void {
    if (this.#segment === undefined || !this.#side.take(part.bytes.length)) {
      this.#side.lost(part.bytes.length)
      this.#end()
      this.#resuming = true
      return
    }
    this.#steps.push({ part })
    this.#draining ??= this.#drain()
  }

  #end(): void {
    if (this.#segment === undefined) return
    this.#segment = undefined
    this.#steps.push('end')
    this.#draining ??= this.#drain()
  }

  async #drain(): Promise<void> {
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      try {
        await this.#write(step)
      } catch (error) {
        await this.#giveUp(step, error)
      } finally {
        if (typeof step === 'object' && 'part' in step) this.#side.give(step.part.bytes.length)
      }
    }
    this.#draining = undefined
  }

  async #write(step: Step): Promise<void> {
    this.#writer ??= await this.#side.open()
    if (step === 'end') await this.#writer.end()
    else if ('part' in step) await this.#writer.append(step.part.bytes, step.part.duration)
    else if ('missed' in step) await this.#writer.miss(step.missed, step.duration)
    else await this.#writer.begin(step.begin, step.initialization)
  }

  /** What is queued of the segment is of no use without the piece that failed. */
  async #giveUp(step: Step, error: unknown): Promise<void> {
    const waiting = this.#steps
    this.#steps = []
    this.#segment = undefined
    this.#resuming = true
    for (const lost of [step, ...waiting]) {
      if (typeof lost !== 'object' || !('part' in lost)) continue
      this.#side.lost(lost.part.bytes.length)
      if (lost !== step) this.#side.give(lost.part.bytes.length)
    }
    if (error instanceof BroadcastError && error.code === 'no-space') this.#side.ranOut()
    else {
      this.#broken = true
      this.#side.failed(error)
    }
    await this.#writer?.end().catch(() => undefined) // recovered from the bytes
  }
}
