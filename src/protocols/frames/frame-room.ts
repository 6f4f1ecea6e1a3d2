import type { Broadcast } from '../../core/broadcast.ts'
import type { Frame } from './frame.ts'
import type { FrameOutlet } from './frame-outlet.ts'
import type { FramePublisher } from './frame-publisher.ts'
import type { FrameViewer } from './frame-viewer.ts'

/** One broadcast's frames: the newest, whoever sends them, and whoever wants the next. */
export class FrameRoom {
  readonly broadcast: Broadcast
  readonly viewers = new Set<FrameViewer>()
  publisher: FramePublisher | undefined
  /** Frames that came, since the room was made, and their bytes. */
  received = 0
  receivedBytes = 0
  /** What came and was left out: more than any camera sends, and what is no JPEG. */
  flood = 0
  invalid = 0
  #newest: Frame | undefined
  #outlets: readonly FrameOutlet[] = []

  constructor(broadcast: Broadcast) {
    this.broadcast = broadcast
  }

  get newest(): Frame | undefined {
    return this.#newest
  }

  get outlets(): readonly FrameOutlet[] {
    return this.#outlets
  }

  /** Nobody needs it. */
  get isIdle(): boolean {
    return !this.publisher && !this.#newest && this.#outlets.length === 0
  }

  /** Begins with the newest frame, so that nobody waits for a slow camera. */
  add(outlet: FrameOutlet, now: number): void {
    this.#outlets = [...this.#outlets, outlet]
    if (this.#newest) outlet.offer(this.#newest, now)
  }

  remove(outlet: FrameOutlet): void {
    this.#outlets = this.#outlets.filter((other) => other !== outlet)
  }

  /** Hot path. */
  publish(frame: Frame): void {
    this.received++
    this.receivedBytes += frame.jpeg.length
    this.#newest = frame
    const outlets = this.#outlets // replaced on change, so safe to walk while viewers come and go
    for (let i = 0; i < outlets.length; i++) outlets[i]?.offer(frame, frame.receivedAt)
  }

  /** The run is over: its last picture is not the first of the next. */
  forget(): void {
    this.#newest = undefined
  }
}
