/** `file`: any video file under the library root. `recording`: what a broadcast left behind. */
export type LibraryKind = 'file' | 'recording'

export type LibrarySort = 'newest' | 'oldest' | 'name' | 'duration' | 'size'

/** Something in the library, as all sources tell it. What is not known is null. */
export type LibraryItem = {
  readonly kind: LibraryKind
  /** Opaque and URL-safe; stays the same for as long as the item exists. */
  readonly id: string
  readonly title: string
  /** Seconds. */
  readonly duration: number | null
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly width: number | null
  readonly height: number | null
  /** Such as `h264` and `aac`. */
  readonly codecs: readonly string[]
  /** Another word for another picture; null where there is none. */
  readonly posterVersion: string | null
  /** False for what only its owner finds here. */
  readonly listed: boolean
  /** Path on this server, beginning with a slash, with its query. */
  readonly play: string
  readonly download: string
  /** Of what `play` answers. */
  readonly contentType: string
}

type Compare = (a: LibraryItem, b: LibraryItem) => number

/** The order of a list. No two items are equal, so that pages never overlap. */
export function compareItems(sort: LibrarySort): Compare {
  const compare = COMPARE[sort]
  return (a, b) => compare(a, b) || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1)
}

const COMPARE: Readonly<Record<LibrarySort, Compare>> = {
  newest: (a, b) => b.createdAt - a.createdAt,
  oldest: (a, b) => a.createdAt - b.createdAt,
  name: (a, b) => compareText(orderOf(a.title), orderOf(b.title)),
  duration: (a, b) => (b.duration ?? -1) - (a.duration ?? -1),
  size: (a, b) => b.size - a.size,
}

const compareText = (a: string, b: string) => (a < b ? -1 : Number(a > b))

/** A title as it is looked for: without case and accents. */
export function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** A title as it is put in order: `Part 2` comes before `Part 10`. */
export function orderOf(title: string): string {
  return folded(title).replaceAll(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, '').padStart(12, '0'))
}

/** Whether a title contains every word of a search. */
export function matchesSearch(title: string, q: string): boolean {
  const text = folded(title)
  return wordsOf(q).every((word) => text.includes(word))
}

/** Of a search. */
export function wordsOf(q: string): string[] {
  return folded(q)
    .split(/\s+/)
    .filter((word) => word !== '')
}
