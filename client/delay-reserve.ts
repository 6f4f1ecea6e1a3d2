/** Seconds that a stall adds. */
const STEP = 0.5
const MOST = 3
/** Milliseconds without a stall after which less is tried, and at most. */
const PATIENCE = 20_000
const LONGEST_PATIENCE = 320_000

/**
 * Seconds that a live player stays further behind than the playlist asks for, because it stalled. It gives them back
 * step by step, and waits longer before it tries again what did not go well.
 */
export class DelayReserve {
  #seconds = 0
  #patience = PATIENCE
  /** Of the latest stall or the latest attempt with less. */
  #since = -Infinity
  #isAttempt = false

  /** What is held back now; `now` in milliseconds. */
  at(now: number): number {
    if (this.#seconds > 0 && now - this.#since >= this.#patience) {
      this.#seconds -= STEP
      this.#since = now
      this.#isAttempt = true
    }
    return this.#seconds
  }

  stalled(now: number): void {
    const wasTooLittle = this.#isAttempt && now - this.#since < this.#patience
    this.#patience = wasTooLittle ? Math.min(LONGEST_PATIENCE, this.#patience * 2) : PATIENCE
    this.#seconds = Math.min(MOST, this.#seconds + STEP)
    this.#since = now
    this.#isAttempt = false
  }
}
