import { BroadcastError } from './errors.ts'
import { compareItems, type LibraryItem, type LibraryKind, type LibrarySort } from './library-item.ts'

/** Somebody who looks into the library: what is private is there for its owner, and administrators may open it. */
export type LibraryReader = {
  readonly personId: string | undefined
  readonly administers: boolean
}

export const ANYBODY: LibraryReader = { personId: undefined, administers: false }

/** Which items are wanted of one source. */
export type SourceQuery = {
  /** Words that the title must contain, however they are written; empty for all. */
  readonly q: string
  readonly sort: LibrarySort
  /** How many at most, from the beginning of that order. */
  readonly limit: number
  /** Anybody when absent, here and below. */
  readonly reader?: LibraryReader
}

/** Where items of one kind come from. */
export interface LibrarySource {
  readonly kind: LibraryKind
  /** The first items in the order of `compareItems(sort)`, and how many match in all. */
  list(query: SourceQuery): Promise<{ items: readonly LibraryItem[]; total: number }>
  get(id: string, reader?: LibraryReader): Promise<LibraryItem | undefined>
  /** A JPEG. */
  poster(id: string, reader?: LibraryReader): Promise<Buffer | undefined>
  /** With all that belongs to it. False where there is no such item. */
  remove(id: string, reader?: LibraryReader): Promise<boolean>
  /** Whose owner decides about an item; undefined where there is no such item. Absent: nobody's. */
  broadcastOf?(id: string, reader?: LibraryReader): Promise<string | undefined>
  /** How many items are still looked at: their duration, codecs and posters come later. Absent: none. */
  readonly pending?: number
}

export type LibraryQuery = {
  readonly q: string
  readonly kind?: LibraryKind | undefined
  readonly sort: LibrarySort
  readonly reader?: LibraryReader
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

  async list({ q, kind, sort, page, pageSize, reader = ANYBODY }: LibraryQuery): Promise<LibraryPage> {
    const asked = [...this.#sources.values()].filter((source) => kind === undefined || source.kind === kind)
    const lists = await Promise.all(
      asked.map((source) => source.list({ q, sort, limit: page * pageSize, reader })),
    )
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
  async get(kind: LibraryKind, id: string, reader = ANYBODY): Promise<LibraryItem> {
    return (await this.#sources.get(kind)?.get(id, reader)) ?? noSuch('item')
  }

  async poster(kind: LibraryKind, id: string, reader = ANYBODY): Promise<Buffer> {
    return (await this.#sources.get(kind)?.poster(id, reader)) ?? noSuch('poster')
  }

  /** The broadcast whose owner decides about it; undefined for what belongs to no broadcast. */
  async broadcastOf(kind: LibraryKind, id: string, reader = ANYBODY): Promise<string | undefined> {
    const source = this.#sources.get(kind)
    return source?.broadcastOf && ((await source.broadcastOf(id, reader)) ?? noSuch('item'))
  }

  async remove(kind: LibraryKind, id: string, reader = ANYBODY): Promise<void> {
    if (!(await this.#sources.get(kind)?.remove(id, reader))) noSuch('item')
  }
}

function noSuch(what: string): never {
  throw new BroadcastError('item-not-found', `there is no such ${what} in the library`)
}
