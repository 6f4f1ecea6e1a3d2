import type { Broadcast } from '../../core/broadcast.ts'
import type { Clock } from '../../core/ports.ts'
import type { Archive } from './archive.ts'
import { HlsStream } from './hls-stream.ts'

export type HlsStreamsOptions = {
  clock: Clock
  /** Seconds, whole. */
  targetDuration: number
  /** Seconds of DVR; Infinity: from the beginning, where there is an archive. */
  window: number
}

/** Seconds for which the end of a broadcast can still be watched: as long as it takes from where one may be. */
const KEPT_AFTER_END = { least: 120, most: 3600 }
/** Seconds in memory; what has no archive can not go back further. */
const IN_MEMORY = 60

/** The latest run of each broadcast that can be watched through HLS. */
export class HlsStreams {
  readonly #options: HlsStreamsOptions
  readonly #streams = new Map<string, HlsStream>()

  constructor(options: HlsStreamsOptions) {
    this.#options = options
  }

  get(broadcastId: string): HlsStream | undefined {
    return this.#streams.get(broadcastId)
  }

  /** A new run takes the place of the one before. */
  begin({ id }: Pick<Broadcast, 'id'>, archive?: Archive): HlsStream {
    const { clock, targetDuration, window } = this.#options
    const { least, most } = KEPT_AFTER_END
    const listed = archive ? window : Math.min(window, IN_MEMORY)
    const stream = new HlsStream({
      targetDuration,
      archive,
      inMemory: IN_MEMORY,
      window: listed,
      run: clock.now().toString(36),
      isEvent: archive !== undefined && window === Infinity,
      onEnded: () =>
        clock.after(Math.min(most, Math.max(least, listed)) * 1000, () => {
          if (this.#streams.get(id) === stream) this.#streams.delete(id)
        }),
    })
    this.#streams.set(id, stream)
    return stream
  }
}
