import { BroadcastError } from './errors.ts'
import { compareItems, type LibraryItem, type LibraryKind, type LibrarySort } from './library-item.ts'

/** Which items are wanted of one source. */
export type SourceQuery = {
  /** Words that the title must contain, however they are written; empty for all. */
  readonly q: string
  readonly sort: LibrarySort
  /** How many at most, from the beginning of that order. */
  readonly limit: number
}

/** Where items of one kind come from. */
export interface LibrarySource {
  readonly kind: LibraryKind
  /** The first items in the order of `compareItems(sort)`, and how many match in all. */
  list(query: SourceQuery): Promise<{ items: readonly LibraryItem[]; total: number }>
  get(id: string): Promise<LibraryItem | undefined>
  /** A JPEG. */
  poster(id: string): Promise<Buffer | undefined>
  /** With all that belongs to it. False where there is no such item. */
  remove(id: string): Promise<boolean>
  /** Whose owner decides about an item; undefined where there is no such item. Absent: nobody's. */
  broadcastOf?(id: string): Promise<string | undefined>
  /** How many items are still looked at: their duration, codecs and posters come later. Absent: none. */
  readonly pending?: number
}

export type LibraryQuery = {
  readonly q: string
  readonly kind?: LibraryKind | undefined
  readonly sort: LibrarySort
  /** From 1. */
  readonly page: number
  readonly pageSize: number
}

export type LibraryPage = {
  readonly items: readonly LibraryItem[]
  readonly total: number
  /** Items still looked at. */
  readonly pending: number
}

/** All that can be watched later, from all its sources, as one list. */
export class Library {
  readonly #sources = new Map<LibraryKind, LibrarySource>()

  constructor(sources: readonly LibrarySource[] = []) {
    for (const source of sources) this.add(source)
  }

  /** One source per kind. */
  add(source: LibrarySource): void {
    this.#sources.set(source.kind, source)
  }

  async list({ q, kind, sort, page, pageSize }: LibraryQuery): Promise<LibraryPage> {
    const asked = [...this.#sources.values()].filter((source) => kind === undefined || source.kind === kind)
    const lists = await Promise.all(asked.map((source) => source.list({ q, sort, limit: page * pageSize })))
    return {
      items: lists
        .flatMap(({ items }) => items)
        .toSorted(compareItems(sort))
        .slice((page - 1) * pageSize, page * pageSize),
      total: lists.reduce((sum, { total }) => sum + total, 0),
      pending: asked.reduce((sum, { pending = 0 }) => sum + pending, 0),
    }
  }

  /** Rejects with `item-not-found`, as all below. */
  async get(kind: LibraryKind, id: string): Promise<LibraryItem> {
    return (await this.#sources.get(kind)?.get(id)) ?? noSuch('item')
  }

  async poster(kind: LibraryKind, id: string): Promise<Buffer> {
    return (await this.#sources.get(kind)?.poster(id)) ?? noSuch('poster')
  }

  /** The broadcast whose owner decides about it; undefined for what belongs to no broadcast. */
  async broadcastOf(kind: LibraryKind, id: string): Promise<string | undefined> {
    const source = this.#sources.get(kind)
    return source?.broadcastOf && ((await source.broadcastOf(id)) ?? noSuch('item'))
  }

  async remove(kind: LibraryKind, id: string): Promise<void> {
    if (!(await this.#sources.get(kind)?.remove(id))) noSuch('item')
  }
}

function noSuch(what: string): never {
  throw new BroadcastError('item-not-found', `there is no such ${what} in the library`)
}
