/**
 * What a Range header asks for.
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
 */

/** A stretch of bytes; `to` is not part of it. */
export type ByteRange = { readonly from: number; readonly to: number }

/** `whole` also where the header is absent, malformed or asks for too much at once: then it is ignored. */
export type AskedRanges = 'whole' | 'unsatisfiable' | readonly ByteRange[]

/** The one that takes all of the standard's syntax, suffixes and several ranges included. */
export const STANDARD_PATTERN = String.raw`bytes\s*=\s*(\d+)\s*-\s*(\d*)`

/** Each costs a part of its own; players ask for one. */
const MAX_RANGES = 5
/** Longer than five ranges of the largest files. */
const MAX_LENGTH = 256
const BYTES = /^\s*bytes\s*=(.*)$/i
const SPECIFIER = /^(\d*)\s*-\s*(\d*)$/

/** What `header` asks of a file of `size` bytes; with a pattern of one's own, only what that matches. */
export function parseRange(header: string | undefined, size: number, pattern?: RegExp): AskedRanges {
  if (header === undefined || header.length > MAX_LENGTH) return 'whole'
  const isStandard = !pattern || pattern.source === STANDARD_PATTERN
  const specifiers = isStandard ? specifiersOf(header) : specifierBy(pattern, header)
  if (specifiers.length === 0 || specifiers.length > MAX_RANGES) return 'whole'
  const ranges: ByteRange[] = []
  for (const [first, last] of specifiers) {
    if (first === '' ? last === '' : last !== '' && Number(last) < Number(first)) return 'whole'
    const range = first === '' ? suffix(Number(last), size) : stretch(Number(first), last, size)
    if (range) ranges.push(range)
  }
  if (ranges.length === 0) return 'unsatisfiable'
  return overlap(ranges) ? 'whole' : ranges
}

type Specifier = readonly [first: string, last: string]

/** None where any of it is malformed. */
function specifiersOf(header: string): Specifier[] {
  const list = BYTES.exec(header)?.[1]?.split(',') ?? []
  const specifiers: Specifier[] = []
  for (const element of list) {
    const text = element.trim()
    if (text === '') continue // recipients accept empty elements: RFC 9110 section 5.6.1.2
    const [, first, last] = SPECIFIER.exec(text) ?? []
    if (first === undefined || last === undefined) return []
    specifiers.push([first, last])
  }
  return specifiers
}

function specifierBy(pattern: RegExp, header: string): Specifier[] {
  const fromBeginning = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}y`)
  const match = fromBeginning.exec(header)
  const [first = '', last = ''] = match?.slice(1) ?? []
  return match && /^\d*$/.test(first + last) ? [[first, last]] : []
}

function suffix(length: number, size: number): ByteRange | undefined {
  return length === 0 || size === 0 ? undefined : { from: Math.max(0, size - length), to: size }
}

function stretch(from: number, last: string, size: number): ByteRange | undefined {
  if (from >= size) return undefined
  return { from, to: last === '' ? size : Math.min(Number(last) + 1, size) }
}

/** What overlaps may ask for a file many times over: RFC 9110 section 17.15. */
function overlap(ranges: readonly ByteRange[]): boolean {
  const sorted = ranges.toSorted((a, b) => a.from - b.from)
  return sorted.some(({ from }, index) => from < (sorted[index - 1]?.to ?? 0))
}
