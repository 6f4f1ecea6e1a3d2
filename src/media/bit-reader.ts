/** Reads bits, most significant first. Past the end it reads zeros and is `exhausted`: check once, at the end. */
export class BitReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #bit: number

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#bit = start * 8
    this.#end = end * 8
  }

  /** Something was read that is not there, so nothing read since can be believed. */
  get exhausted(): boolean {
    return this.#bit > this.#end
  }

  /** An unsigned number of `width` bits, at most 32. */
  read(width: number): number {
    let value = 0
    for (let i = 0; i < width; i++) value = value * 2 + this.#next()
    return value
  }

  /** One bit as a flag. */
  flag(): boolean {
    return this.#next() === 1
  }

  skip(width: number): void {
    this.#bit += width
  }

  /** Unsigned Exp-Golomb, `ue(v)` of H.264 §9.1. More than 32 leading zeros are no number: exhausts. */
  unsignedExpGolomb(): number {
    let zeros = 0
    while (zeros <= 32 && !this.exhausted && this.#next() === 0) zeros++
    if (zeros > 32) this.#bit = this.#end + 1
    return this.exhausted ? 0 : 2 ** zeros - 1 + this.read(zeros)
  }

  /** Signed Exp-Golomb, `se(v)`. */
  signedExpGolomb(): number {
    const value = this.unsignedExpGolomb()
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2
  }

  #next(): number {
    const bit = this.#bit++
    if (bit >= this.#end) return 0
    return ((this.#bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1
  }
}
