import type { SourceQuery } from '../../src/core/library.ts'
import { folded, wordsOf } from '../../src/core/library-item.ts'
import type { VideoRecord, VideoStore } from '../../src/core/video-store.ts'

/** Keeps records in memory, by path. */
export class FakeVideoStore implements VideoStore {
  readonly records = new Map<string, VideoRecord>()

  async all() {
    return [...this.records.values()]
  }

  async find(id: string) {
    return this.records.get(id)
  }

  async list({ q, limit }: SourceQuery) {
    const matching = [...this.records.values()]
      .filter(({ path }) => wordsOf(q).every((word) => folded(path).includes(word)))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    return { records: matching.slice(0, limit), total: matching.length }
  }

  async put(record: VideoRecord) {
    this.records.set(record.id, record)
  }

  async remove(id: string) {
    this.records.delete(id)
  }
}
