const FIRST_SIZE = 1024

/** Writes nested boxes (ISO/IEC 14496-12 §4.2) one behind the other; the size of each is filled in when it ends. */
export class BoxWriter {
  #bytes = Buffer.alloc(FIRST_SIZE)
  #length = 0

  /** What was written so far. The writer must not be used any more. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  box(type: string, writeContent: () => void): void {
    const start = this.#length
    this.u32(0)
    this.text(type)
    writeContent()
    this.#bytes.writeUInt32BE(this.#length - start, start)
  }

  /** A box that begins with a version and flags. */
  fullBox(type: string, version: number, flags: number, writeContent: () => void): void {
    this.box(type, () => {
      this.u32(version * 0x1000000 + flags)
      writeContent()
    })
  }

  u8(value: number): void {
    this.#length = this.#room(1).writeUInt8(value, this.#length)
  }

  u16(value: number): void {
    this.#length = this.#room(2).writeUInt16BE(value, this.#length)
  }

  u32(value: number): void {
    this.#length = this.#room(4).writeUInt32BE(value, this.#length)
  }

  /** Four characters, or a name without the zero behind it. */
  text(value: string): void {
    this.#length += this.#room(value.length).write(value, this.#length, 'latin1')
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length).set(value, this.#length)
    this.#length += value.length
  }

  zeros(count: number): void {
    this.#room(count).fill(0, this.#length, this.#length + count)
    this.#length += count
  }

  #room(count: number): Buffer {
    if (this.#length + count > this.#bytes.length) {
      const larger = Buffer.alloc(2 * this.#bytes.length + count)
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    return this.#bytes
  }
}
