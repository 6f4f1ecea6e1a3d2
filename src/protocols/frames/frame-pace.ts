/** What a viewer asked for; no more than that is sent to it. */
export type FrameLimit = {
  /** Frames per second. */
  readonly maxFps?: number
  readonly maxBytesPerSecond?: number
}

/** Seconds of its bytes that may be sent at once. */
const BURST = 0.5

/** Decides frame by frame what a limit leaves through. Times are monotonic milliseconds. */
export class FramePace {
  #interval = 0
  #bytesPerSecond = Infinity
  #nextAt = -Infinity
  #credit = 0
  #creditAt = 0

  /** From now on. */
  limit({ maxFps, maxBytesPerSecond = Infinity }: FrameLimit, now: number): void {
    this.#interval = maxFps === undefined ? 0 : 1000 / maxFps
    this.#bytesPerSecond = maxBytesPerSecond
    this.#nextAt = -Infinity
    this.#credit = maxBytesPerSecond * BURST
    this.#creditAt = now
  }

  /** True counts as sent. Hot path. */
  allows(bytes: number, now: number): boolean {
    const interval = this.#interval
    // A frame that is due within a millisecond or two is due: cameras are not exact.
    if (interval > 0 && now < this.#nextAt - Math.min(2, interval / 4)) return false
    if (this.#bytesPerSecond !== Infinity && !this.#pays(bytes, now)) return false
    // From when it was due rather than from when it came: of a camera's 30 frames 20 are left, not 15.
    if (interval > 0) this.#nextAt = (this.#nextAt > now - interval ? this.#nextAt : now) + interval
    return true
  }

  /** A frame that is larger than any credit passes once it has been waited for. */
  #pays(bytes: number, now: number): boolean {
    const rate = this.#bytesPerSecond
    const most = Math.max(rate * BURST, bytes)
    this.#credit = Math.min(most, this.#credit + ((now - this.#creditAt) / 1000) * rate)
    this.#creditAt = now
    if (this.#credit < bytes) return false
    this.#credit -= bytes
    return true
  }
}
