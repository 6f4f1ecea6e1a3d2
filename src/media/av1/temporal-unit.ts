import type { PictureSize } from '../picture-size.ts'
import { leb128Length, OBU, OBU_HAS_EXTENSION, OBU_HAS_SIZE, obuType, readLeb128 } from './obu.ts'
import { parseAv1SequenceHeader } from './sequence-header.ts'

const SHOW_EXISTING_FRAME = 0x80
const FRAME_TYPE = 0x60

/** Whether a temporal unit begins a coded video sequence: a sequence header and a key frame (AV1 §7.5, §7.6.1). */
export function isAv1KeyFrame(data: Uint8Array): boolean {
  const sequence = findObu(data, (type) => type === OBU.SEQUENCE_HEADER)
  const frame = findObu(data, (type) => type === OBU.FRAME || type === OBU.FRAME_HEADER)
  if (!sequence || !frame) return false
  // reduced_still_picture_header: there is nothing but key frames, and no bits to say so.
  if (parseAv1SequenceHeader(sequence)?.stillPicture) return true
  return frame.length > 0 && ((frame[0] ?? 0) & (SHOW_EXISTING_FRAME | FRAME_TYPE)) === 0
}

/** Picture size that the sequence header of a temporal unit allows; undefined when it has none. */
export function av1PictureSize(data: Uint8Array): PictureSize | undefined {
  const obu = findObu(data, (type) => type === OBU.SEQUENCE_HEADER)
  const sequence = obu && parseAv1SequenceHeader(obu)
  return sequence && { width: sequence.width, height: sequence.height }
}

/** Body of the first OBU of a kind among OBUs that carry sizes; the last may do without. */
function findObu(data: Uint8Array, wanted: (type: number) => boolean): Uint8Array | undefined {
  let at = 0
  while (at < data.length) {
    const header = data[at] ?? 0
    at += (header & OBU_HAS_EXTENSION) !== 0 ? 2 : 1
    let size = data.length - at
    if ((header & OBU_HAS_SIZE) !== 0) {
      size = readLeb128(data, at, data.length)
      if (size < 0) return undefined
      at += leb128Length(data, at)
    }
    if (size < 0 || at + size > data.length) return undefined
    if (wanted(obuType(header))) return data.subarray(at, at + size)
    at += size
  }
  return undefined
}
