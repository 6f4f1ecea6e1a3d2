import type { LibrarySource, SourceQuery } from '../../src/core/library.ts'
import {
  compareItems,
  type LibraryItem,
  type LibraryKind,
  matchesSearch,
} from '../../src/core/library-item.ts'

/** An item with what matters to the test. */
export function libraryItem(changes: Partial<LibraryItem> = {}): LibraryItem {
  const { id = 'a' } = changes
  return {
    kind: 'file',
    id,
    title: id,
    duration: 10,
    size: 1000,
    createdAt: Date.UTC(2026, 0, 1),
    width: 640,
    height: 360,
    codecs: ['h264', 'aac'],
    posterVersion: null,
    listed: true,
    play: `/api/stream/?path=${id}.mp4`,
    download: `/api/stream/?path=${id}.mp4`,
    contentType: 'video/mp4',
    ...changes,
  }
}

/** A source of what it was given; remembers what was removed. */
export class FakeLibrarySource implements LibrarySource {
  readonly kind: LibraryKind
  readonly removed: string[] = []
  readonly posters = new Map<string, Buffer>()
  pending = 0
  #items: readonly LibraryItem[]

  constructor(kind: LibraryKind, items: readonly LibraryItem[] = []) {
    this.kind = kind
    this.#items = items
  }

  async list({ q, sort, limit }: SourceQuery) {
    const matching = this.#items.filter(({ title }) => matchesSearch(title, q))
    return { items: matching.toSorted(compareItems(sort)).slice(0, limit), total: matching.length }
  }

  async get(id: string) {
    return this.#items.find((item) => item.id === id)
  }

  async poster(id: string) {
    return this.posters.get(id)
  }

  async remove(id: string) {
    const known = this.#items.some((item) => item.id === id)
    this.#items = this.#items.filter((item) => item.id !== id)
    if (known) this.removed.push(id)
    return known
  }
}
