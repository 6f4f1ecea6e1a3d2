import type { Broadcast } from '../../core/broadcast.ts'
import type { PackageListener } from '../../core/packaging/live-packages.ts'
import type { Clock } from '../../core/ports.ts'
import { HlsStream } from './hls-stream.ts'

export type HlsStreamsOptions = {
  clock: Clock
  /** Seconds, whole. */
  targetDuration: number
  /** Seconds of DVR. */
  window: number
}

/** Seconds for which the end of a broadcast can still be watched. */
const KEPT_AFTER_END = 120

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
  begin(broadcast: Broadcast): PackageListener {
    const { clock, targetDuration, window } = this.#options
    const { id } = broadcast
    const stream = new HlsStream({
      targetDuration,
      window,
      run: clock.now().toString(36),
      isEvent: false,
      onEnded: () =>
        clock.after(KEPT_AFTER_END * 1000, () => {
          if (this.#streams.get(id) === stream) this.#streams.delete(id)
        }),
    })
    this.#streams.set(id, stream)
    return stream
  }
}
