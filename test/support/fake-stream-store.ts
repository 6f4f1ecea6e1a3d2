import type { NewStream, Stream, StreamStore } from '../../src/core/provision/stream-store.ts'

/** An application's stream model, in memory. */
export class FakeStreamStore implements StreamStore {
  readonly streams = new Map<string, Stream>()
  /** By id: until when a client holds credentials. */
  readonly until = new Map<string, number>()
  #made = 0

  create(stream: NewStream): Promise<Stream> {
    const kept = { ...stream, id: `stream-${++this.#made}`, stopDate: null }
    this.streams.set(kept.id, kept)
    return Promise.resolve(kept)
  }

  find(id: string): Promise<Stream | undefined> {
    return Promise.resolve(this.streams.get(id))
  }

  stop(id: string, stopDate: number): Promise<Stream> {
    const stream = this.streams.get(id)
    if (!stream) return Promise.reject(new Error(`no ${id}`))
    const stopped = { ...stream, stopDate: stream.stopDate ?? stopDate }
    this.streams.set(id, stopped)
    return Promise.resolve(stopped)
  }

  discard(id: string): Promise<void> {
    this.streams.delete(id)
    return Promise.resolve()
  }

  provisioned(id: string, until: number): Promise<void> {
    this.until.set(id, until)
    return Promise.resolve()
  }
}
