/** How much is read at once for whom. */
export type BufferPoolOptions = {
  /** Bytes of the buffers that are few. */
  readonly large?: number
  /** How many of those are out at most; whoever comes then gets a small one. */
  readonly largeAtMost?: number
  /** Bytes. */
  readonly small?: number
  /** How many of those are kept for later. */
  readonly smallKept?: number
}

/**
 * Buffers to read files into. Whoever sends fast needs one for a moment, so that a few large ones serve many; clients
 * that keep theirs for long leave the others small ones, and memory within bounds.
 */
export class BufferPool {
  readonly #large: number
  readonly #small: number
  readonly #smallKept: number
  readonly #freeLarge: Buffer[] = []
  readonly #freeSmall: Buffer[] = []
  #largeLeft: number

  constructor({
    large = 256 * 1024,
    largeAtMost = 16,
    small = 64 * 1024,
    smallKept = 64,
  }: BufferPoolOptions = {}) {
    this.#large = large
    this.#small = small
    this.#smallKept = smallKept
    this.#largeLeft = largeAtMost
  }

  /** For up to `wanted` bytes; less than that where they are many. Its owner gives it back, whatever happens. */
  take(wanted: number): Buffer {
    if (wanted <= this.#small || this.#largeLeft === 0)
      return this.#freeSmall.pop() ?? Buffer.allocUnsafeSlow(this.#small)
    this.#largeLeft--
    return this.#freeLarge.pop() ?? Buffer.allocUnsafeSlow(this.#large)
  }

  /** Instead of giving it back, where somebody may still use it. */
  lose(buffer: Buffer): void {
    if (buffer.length === this.#large) this.#largeLeft++
  }

  /** Only when nobody reads or writes it any more. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#large) {
      this.#largeLeft++
      this.#freeLarge.push(buffer)
    } else if (this.#freeSmall.length < this.#smallKept) this.#freeSmall.push(buffer)
  }
}
