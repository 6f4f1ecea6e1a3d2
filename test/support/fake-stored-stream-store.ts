import type {
  StoredStream,
  StoredStreamChanges,
  StoredStreamStore,
} from '../../src/core/provision/stored-stream-store.ts'

/** Keeps streams in memory. */
export class FakeStoredStreamStore implements StoredStreamStore {
  readonly streams = new Map<string, StoredStream>()

  async insert(stream: StoredStream): Promise<void> {
    this.streams.set(stream.id, stream)
  }

  async update(id: string, changes: StoredStreamChanges): Promise<void> {
    const stream = this.streams.get(id)
    if (stream) this.streams.set(id, { ...stream, ...changes })
  }

  async find(id: string): Promise<StoredStream | undefined> {
    return this.streams.get(id)
  }

  async running(): Promise<readonly StoredStream[]> {
    return [...this.streams.values()]
      .filter(({ stopDate, endDate }) => stopDate === null && endDate === null)
      .toSorted((a, b) => a.startDate - b.startDate)
  }

  async remove(id: string): Promise<void> {
    this.streams.delete(id)
  }
}
