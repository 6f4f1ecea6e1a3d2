/** Writes bits, most significant first: what a parser reads, made by hand. */
export class BitWriter {
  readonly #bits: number[] = []

  write(value: number, width: number): this {
    for (let bit = width - 1; bit >= 0; bit--) this.#bits.push(Math.floor(value / 2 ** bit) % 2)
    return this
  }

  flag(value: boolean): this {
    return this.write(value ? 1 : 0, 1)
  }

  /** `ue(v)` */
  unsigned(value: number): this {
    const width = Math.floor(Math.log2(value + 1))
    return this.write(0, width).write(value + 1, width + 1)
  }

  /** `se(v)` */
  signed(value: number): this {
    return this.unsigned(value > 0 ? 2 * value - 1 : -2 * value)
  }

  /** What was written, its last byte filled with zeros. */
  bytes(): Buffer {
    const bytes = Buffer.alloc(Math.ceil(this.#bits.length / 8))
    for (const [index, bit] of this.#bits.entries())
      bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (7 - (index & 7)))
    return bytes
  }
}
