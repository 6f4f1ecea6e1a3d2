import type { Emitter } from '../../../core/emitter.ts'
import type { MediaHostEvents } from '../../../core/media-host.ts'
import type { Clock, Logger } from '../../../core/ports.ts'

/** What every session is given. */
export type SessionContext = {
  clock: Clock
  logger: Logger
  events: Emitter<MediaHostEvents>
  /** Seconds without a word from the peer after which its session is over, in milliseconds. */
  publisherSilence: number
  viewerSilence: number
  /** Bits per second that a publisher is told it may send. */
  maxBitrate: number
}
