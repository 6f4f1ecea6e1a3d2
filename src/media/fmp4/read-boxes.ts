/** A whole box (ISO/IEC 14496-12 §4.2): its header begins at `start`, its content at `content`. */
export type Box = {
  readonly type: string
  readonly start: number
  readonly content: number
  readonly end: number
}

const HEADER_BYTES = 8
const LARGE_HEADER_BYTES = 16
/** The size follows the type, in 64 bits. */
const LARGE = 1

/** The boxes between `start` and `end`, one behind the other; ends before one that is not whole. */
export function* boxesOf(bytes: Uint8Array, start = 0, end = bytes.length): Generator<Box> {
  let at = start
  while (at + HEADER_BYTES <= end) {
    const size = u32(bytes, at)
    const header = size === LARGE ? LARGE_HEADER_BYTES : HEADER_BYTES
    const boxEnd = at + (size === LARGE ? u64(bytes, at + HEADER_BYTES) : size)
    if (boxEnd < at + header || boxEnd > end) return
    yield { type: fourCharacters(bytes, at + 4), start: at, content: at + header, end: boxEnd }
    at = boxEnd
  }
}

/** The first box of a type inside another, or inside a range. */
export function findBox(
  bytes: Uint8Array,
  type: string,
  { content, end }: Pick<Box, 'content' | 'end'>,
): Box | undefined {
  for (const box of boxesOf(bytes, content, end)) if (box.type === type) return box
  return undefined
}

/** The box that a path of types leads to, from the first of them inside `range`. */
export function findBoxAt(
  bytes: Uint8Array,
  types: readonly string[],
  range: Pick<Box, 'content' | 'end'>,
): Box | undefined {
  let found: Box | undefined
  for (const type of types) {
    found = findBox(bytes, type, found ?? range)
    if (!found) return undefined
  }
  return found
}

/** A number of 32 bits; what lies past the end reads as zeros. */
export function u32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) * 0x1000000 +
    ((bytes[at + 1] ?? 0) << 16) +
    ((bytes[at + 2] ?? 0) << 8) +
    (bytes[at + 3] ?? 0)
  )
}

/** A number of 64 bits; exact up to 2⁵³. */
export function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) * 0x1_0000_0000 + u32(bytes, at + 4)
}

function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0)
}
