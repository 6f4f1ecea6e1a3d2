/** Open bitstream units (AV1 specification §5.3) and their RTP form (AV1 RTP specification §4.4). */

export const OBU = {
  SEQUENCE_HEADER: 1,
  TEMPORAL_DELIMITER: 2,
  FRAME_HEADER: 3,
  FRAME: 6,
  TILE_LIST: 8,
  PADDING: 15,
} as const

/** obu_header: bits of its first byte. */
export const OBU_HAS_EXTENSION = 0x04
export const OBU_HAS_SIZE = 0x02

/** Type of the OBU whose first byte this is. */
export function obuType(header: number): number {
  return (header >> 3) & 0x0f
}

/** RTP aggregation header: the first element continues, the last one will be continued, a sequence begins. */
export const CONTINUES = 0x80
export const CONTINUED = 0x40
export const NEW_SEQUENCE = 0x08

/** How many elements a payload holds; 0 means that each of them is behind its length. */
export function elementCount(aggregationHeader: number): number {
  return (aggregationHeader >> 4) & 0x03
}

const MAX_LEB128_BYTES = 8

/** leb128() number (AV1 §4.10.5) at `at`; -1 when it is cut short or too large for any size. */
export function readLeb128(bytes: Uint8Array, at: number, end: number): number {
  let value = 0
  for (let i = 0; i < MAX_LEB128_BYTES && at + i < end; i++) {
    const byte = bytes[at + i] ?? 0
    value += (byte & 0x7f) * 2 ** (7 * i)
    if ((byte & 0x80) === 0) return value <= 0xffffffff ? value : -1
  }
  return -1
}

/** Bytes of the leb128() number at `at`, which `readLeb128` has accepted. */
export function leb128Length(bytes: Uint8Array, at: number): number {
  let length = 1
  while (((bytes[at + length - 1] ?? 0) & 0x80) !== 0) length++
  return length
}

/** Where a sequence header OBU begins in this RTP payload; -1 when none does. */
export function sequenceHeaderOffset(bytes: Uint8Array, start: number, end: number): number {
  const aggregation = bytes[start] ?? 0
  const count = elementCount(aggregation)
  let at = start + 1
  for (let index = 1; at < end; index++) {
    let size = end - at
    if (index !== count) {
      size = readLeb128(bytes, at, end)
      if (size < 0) return -1
      at += leb128Length(bytes, at)
    }
    if (at + size > end) return -1
    const begins = index > 1 || (aggregation & CONTINUES) === 0
    if (begins && size > 0 && obuType(bytes[at] ?? 0) === OBU.SEQUENCE_HEADER) return at
    at += size
  }
  return -1
}

/**
 * End of the OBU that begins at `at` in a temporal unit, or -1 when there is no whole one. Only the last may do
 * without a size.
 */
export function obuEnd(data: Uint8Array, at: number): number {
  if (at >= data.length) return -1
  const header = data[at] ?? 0
  if ((header & OBU_HAS_SIZE) === 0) return data.length
  const sizeAt = at + ((header & OBU_HAS_EXTENSION) !== 0 ? 2 : 1)
  const size = readLeb128(data, sizeAt, data.length)
  if (size < 0) return -1
  const end = sizeAt + leb128Length(data, sizeAt) + size
  return end <= data.length ? end : -1
}
