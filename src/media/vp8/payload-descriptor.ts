/** VP8 payload descriptor: https://www.rfc-editor.org/rfc/rfc7741#section-4.2 */

const EXTENDED = 0x80
const PARTITION_START = 0x10
const PARTITION_INDEX = 0x07
const HAS_PICTURE_ID = 0x80
const HAS_TL0PICIDX = 0x40
const HAS_TID_OR_KEYIDX = 0x30
const LONG_PICTURE_ID = 0x80

/** Where the VP8 data of a payload begins, or -1 when there is none. */
export function vp8DataStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1
  if (((bytes[start] ?? 0) & EXTENDED) !== 0) {
    const extension = bytes[at++] ?? 0
    if ((extension & HAS_PICTURE_ID) !== 0) at += ((bytes[at] ?? 0) & LONG_PICTURE_ID) !== 0 ? 2 : 1
    if ((extension & HAS_TL0PICIDX) !== 0) at++
    if ((extension & HAS_TID_OR_KEYIDX) !== 0) at++
  }
  return at < end ? at : -1
}

/** Whether a payload is the first of its frame: the start of partition 0. */
export function startsVp8Frame(bytes: Uint8Array, start: number, end: number): boolean {
  const descriptor = bytes[start] ?? 0
  return start < end && (descriptor & PARTITION_START) !== 0 && (descriptor & PARTITION_INDEX) === 0
}
