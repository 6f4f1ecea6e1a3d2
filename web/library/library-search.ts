import type { LibraryKind, LibrarySort } from '../../client/index.ts'

/** What the address of the page says beside its path; the defaults are left out. */
export type LibrarySearch = { q?: string; kind?: LibraryKind; sort?: LibrarySort }

const KINDS: readonly unknown[] = ['file', 'recording'] satisfies LibraryKind[]
const SORTS: readonly unknown[] = ['newest', 'oldest', 'name', 'duration', 'size'] satisfies LibrarySort[]

/** Addresses are typed by people: what is not understood is left out. */
export function librarySearchIn(given: Readonly<Record<string, unknown>>): LibrarySearch {
  const { q, kind, sort } = given
  const isText = typeof q === 'string' || typeof q === 'number'
  return {
    ...(isText && String(q).trim() !== '' && { q: String(q) }),
    ...(KINDS.includes(kind) && { kind: kind as LibraryKind }),
    ...(SORTS.includes(sort) && sort !== 'newest' && { sort: sort as LibrarySort }),
  }
}
