import type { Clock } from './ports.ts'

/** What is counted at one moment; everything with "total" in its description only grows. */
export type Reading = {
  readonly live: number
  readonly viewers: number
  /** Total of bytes from and to everybody outside. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** Total of seconds of processor time. */
  readonly processorSeconds: number
  /** Bytes. */
  readonly memory: number
  /** Seconds. */
  readonly loopLag: number
}

/** How the server was over one step of time. */
export type Sample = {
  /** Milliseconds since the epoch, at the end of the step. */
  readonly at: number
  readonly live: number
  readonly viewers: number
  /** Bits per second. */
  readonly bitrateIn: number
  readonly bitrateOut: number
  /** Processors in use: 1 is one of them, all the time. */
  readonly processor: number
  /** Bytes. */
  readonly memory: number
  /** Seconds. */
  readonly loopLag: number
}

/** What is remembered. */
export type SampleSpan = 'hour' | 'day'

export type SamplesOptions = {
  read: () => Reading
  clock: Clock
}

/** Milliseconds of one sample. */
export const SAMPLE_STEP = { hour: 5_000, day: 120_000 } as const satisfies Record<SampleSpan, number>
const KEPT = { hour: 3_600_000 / SAMPLE_STEP.hour, day: 86_400_000 / SAMPLE_STEP.day }
const OF_A_DAY_STEP = SAMPLE_STEP.day / SAMPLE_STEP.hour

/** How the server was over the last hour and the last day. Kept in memory, and no more of it. */
export class Samples implements Disposable {
  readonly #options: SamplesOptions
  readonly #kept: Record<SampleSpan, Sample[]> = { hour: [], day: [] }
  #before: { readonly reading: Reading; readonly at: number }
  #step: Sample[] = []
  #cancel: () => void = () => undefined

  constructor(options: SamplesOptions) {
    this.#options = options
    this.#before = { reading: options.read(), at: options.clock.monotonic() }
    this.#wait()
  }

  /** Oldest first. */
  over(span: SampleSpan): readonly Sample[] {
    return this.#kept[span]
  }

  /** How it is now: the latest sample, or the state at the very beginning. */
  latest(): Sample {
    return this.#kept.hour.at(-1) ?? this.#sampleOf(this.#options.read(), 1)
  }

  [Symbol.dispose](): void {
    this.#cancel()
  }

  #wait(): void {
    this.#cancel = this.#options.clock.after(SAMPLE_STEP.hour, () => this.#take())
  }

  #take(): void {
    const { read, clock } = this.#options
    const reading = read()
    const at = clock.monotonic()
    const sample = this.#sampleOf(reading, Math.max(1, at - this.#before.at) / 1000)
    this.#before = { reading, at }
    this.#keep('hour', sample)
    this.#step.push(sample)
    if (this.#step.length === OF_A_DAY_STEP) this.#keep('day', summaryOf(this.#step.splice(0)))
    this.#wait()
  }

  #sampleOf(reading: Reading, seconds: number): Sample {
    const { live, viewers, memory, loopLag } = reading
    const rate = (name: 'bytesIn' | 'bytesOut' | 'processorSeconds') =>
      Math.max(0, reading[name] - this.#before.reading[name]) / seconds // a worker that restarted begins at 0
    return {
      ...{ at: this.#options.clock.now(), live, viewers, memory, loopLag },
      bitrateIn: rate('bytesIn') * 8,
      bitrateOut: rate('bytesOut') * 8,
      processor: rate('processorSeconds'),
    }
  }

  #keep(span: SampleSpan, sample: Sample): void {
    this.#kept[span].push(sample)
    if (this.#kept[span].length > KEPT[span]) this.#kept[span].shift()
  }
}

/** Averages of what flows, peaks of what people ask for the peak of. */
function summaryOf(samples: readonly Sample[]): Sample {
  const all = (name: keyof Sample) => samples.map((sample) => sample[name])
  const mean = (name: keyof Sample) => all(name).reduce((sum, value) => sum + value, 0) / samples.length
  const peak = (name: keyof Sample) => Math.max(...all(name))
  return {
    at: peak('at'),
    live: peak('live'),
    viewers: peak('viewers'),
    bitrateIn: mean('bitrateIn'),
    bitrateOut: mean('bitrateOut'),
    processor: mean('processor'),
    memory: peak('memory'),
    loopLag: peak('loopLag'),
  }
}
