/**
 * The latest packets of one RTP stream, in order of arrival, in memory that is allocated once.
 *
 * It is at the same time the cache that answers retransmission requests (RFC 4585 §6.2.1), the group of pictures
 * that a joining viewer starts from, and the bounded queue that every reader follows with a cursor of its own:
 * a reader whose cursor is older than `oldest` has lost packets, and can count them.
 */
export class PacketHistory {
  readonly #bytes: Buffer
  readonly #mask: number
  readonly #offsets: Int32Array
  readonly #lengths: Int32Array
  readonly #sequences: Int32Array
  /** Lowest 32 bits of the index of the latest packet with each sequence number. */
  readonly #bySequence = new Int32Array(0x10000)
  #next = 0
  #oldest = 0
  #writeAt = 0

  /** Holds up to `packets` (rounded up to a power of two) and up to `bytes`, whichever is reached first. */
  constructor({ packets, bytes }: { packets: number; bytes: number }) {
    const slots = 2 ** Math.ceil(Math.log2(packets))
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
    this.#mask = slots - 1
    this.#offsets = new Int32Array(slots)
    this.#lengths = new Int32Array(slots)
    this.#sequences = new Int32Array(slots)
  }

  /** Index that the next packet will get. Indices count up from 0 and never wrap. */
  get next(): number {
    return this.#next
  }

  /** Index of the oldest packet still held; equals `next` while empty. */
  get oldest(): number {
    return this.#oldest
  }

  /** Copies the packet in and returns its index. A packet larger than the whole history is refused with -1. */
  append(packet: Buffer): number {
    const length = packet.length
    if (length > this.#bytes.length || length < 12) return -1
    if (this.#next - this.#oldest > this.#mask) this.#oldest++
    let at = this.#writeAt
    if (at + length > this.#bytes.length) {
      this.#dropBetween(at, this.#bytes.length)
      at = 0
    }
    this.#dropBetween(at, at + length)
    packet.copy(this.#bytes, at)
    const index = this.#next++
    const slot = index & this.#mask
    const sequence = packet.readUInt16BE(2)
    this.#offsets[slot] = at
    this.#lengths[slot] = length
    this.#sequences[slot] = sequence
    this.#bySequence[sequence] = index
    this.#writeAt = at + length
    return index
  }

  /** Index of the latest packet with this RTP sequence number, or -1 when it is not held (any more). */
  find(sequence: number): number {
    const age = (this.#next - (this.#bySequence[sequence] ?? 0)) >>> 0
    const index = this.#next - age
    const held = age > 0 && index >= this.#oldest
    return held && this.#sequences[index & this.#mask] === sequence ? index : -1
  }

  /** Length in bytes of a held packet. */
  lengthOf(index: number): number {
    return this.#lengths[index & this.#mask] ?? 0
  }

  /** RTP sequence number of a held packet. */
  sequenceOf(index: number): number {
    return this.#sequences[index & this.#mask] ?? 0
  }

  /** RTP timestamp of a held packet. */
  timestampOf(index: number): number {
    return this.#bytes.readUInt32BE((this.#offsets[index & this.#mask] ?? 0) + 4)
  }

  /** Copies a held packet into `scratch` and returns its length; 0 when it is no longer held. */
  read(index: number, scratch: Buffer): number {
    if (index < this.#oldest || index >= this.#next) return 0
    const slot = index & this.#mask
    const offset = this.#offsets[slot] ?? 0
    const length = this.#lengths[slot] ?? 0
    this.#bytes.copy(scratch, 0, offset, offset + length)
    return length
  }

  /** Packets lie in the ring in order of age, so those in the way of a write are always the oldest. */
  #dropBetween(start: number, end: number): void {
    while (this.#oldest < this.#next) {
      const slot = this.#oldest & this.#mask
      const offset = this.#offsets[slot] ?? 0
      if (offset >= end || offset + (this.#lengths[slot] ?? 0) <= start) return
      this.#oldest++
    }
  }
}
