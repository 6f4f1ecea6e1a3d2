import type { AccessUnit } from '../access-unit.ts'

/** FLV file format, annexes E.3 and E.4.3. */
const FILE_HEADER = 13
const TAG_HEADER = 11
const TAG_SIZE = 4
const VIDEO = 9
const KEY_FRAME = 1
const H264 = 7
const CONFIGURATION = 0
const UNITS = 1
/** Frame type and codec, packet type, composition time. */
const VIDEO_HEADER = 5
/** FLV counts milliseconds, our video 90 000 ticks a second. */
const TICKS = 90

/** Takes an FLV stream in pieces and gives out its H264 as access units, with parameter sets before every key frame. */
export class FlvH264Reader {
  readonly #onUnit: (unit: AccessUnit) => void
  #pieces: Buffer[] = []
  #held = 0
  #wanted = FILE_HEADER
  #isBegun = false
  #sets: readonly Buffer[] = []

  constructor(onUnit: (unit: AccessUnit) => void) {
    this.#onUnit = onUnit
  }

  /** Throws RangeError for what is no FLV. */
  push(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#held += piece.length
    if (this.#held < this.#wanted) return
    let bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces)
    if (!this.#isBegun) {
      if (bytes.toString('latin1', 0, 3) !== 'FLV') throw new RangeError('this is no FLV')
      this.#isBegun = true
      bytes = bytes.subarray(FILE_HEADER)
    }
    for (;;) {
      this.#wanted = TAG_HEADER
      if (bytes.length < TAG_HEADER) break
      const size = bytes.readUIntBE(1, 3)
      this.#wanted = TAG_HEADER + size + TAG_SIZE
      if (bytes.length < this.#wanted) break
      if (bytes[0] === VIDEO) this.#video(bytes.subarray(TAG_HEADER, TAG_HEADER + size), timestampOf(bytes))
      bytes = bytes.subarray(this.#wanted)
    }
    this.#pieces = bytes.length > 0 ? [bytes] : []
    this.#held = bytes.length
  }

  #video(tag: Buffer, milliseconds: number): void {
    if (tag.length < VIDEO_HEADER || ((tag[0] ?? 0) & 0x0f) !== H264) return
    const keyFrame = (tag[0] ?? 0) >> 4 === KEY_FRAME
    if (tag[1] === CONFIGURATION) this.#sets = parameterSetsIn(tag.subarray(VIDEO_HEADER))
    if (tag[1] !== UNITS) return
    const units = tag.subarray(VIDEO_HEADER)
    this.#onUnit({
      timestamp: (milliseconds + tag.readIntBE(2, 3)) * TICKS,
      keyFrame,
      afterLoss: false,
      data: keyFrame ? Buffer.concat([...this.#sets, units]) : Buffer.from(units),
    })
  }
}

/** The eight upper bits come last. */
const timestampOf = (tag: Buffer) => tag.readUIntBE(4, 3) + (tag[7] ?? 0) * 0x1000000

/** SPS and PPS of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1), each behind its length in four bytes. */
function parameterSetsIn(record: Buffer): Buffer[] {
  const sets: Buffer[] = []
  let at = 5
  for (const mask of [0x1f, 0xff]) {
    const count = record.readUInt8(at++) & mask
    for (let index = 0; index < count; index++) {
      const length = record.readUInt16BE(at)
      const set = Buffer.alloc(4 + length)
      set.writeUInt32BE(length)
      record.copy(set, 4, at + 2, at + 2 + length)
      sets.push(set)
      at += 2 + length
    }
  }
  return sets
}
