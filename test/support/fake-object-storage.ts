import { BroadcastError } from '../../src/core/errors.ts'
import type { ObjectStorage, ReadWish, StoredObject } from '../../src/core/provision/object-storage.ts'

/** A bucket in memory; what is put counts as a new version. */
export class FakeObjectStorage implements ObjectStorage {
  readonly #objects = new Map<string, StoredObject>()
  readonly reads: string[] = []
  isDown = false
  #versions = 0

  put(key: string, content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    this.#objects.set(key, { bytes, etag: `"${++this.#versions}"` })
  }

  async read(key: string, { limit, unless }: ReadWish): Promise<StoredObject | 'unchanged' | undefined> {
    this.reads.push(key)
    this.#assertUp()
    const found = this.#objects.get(key)
    if (found && found.etag === unless) return 'unchanged'
    if (found && found.bytes.length > limit) throw new BroadcastError('too-large', 'too large')
    return found
  }

  async sizeOf(key: string): Promise<number | undefined> {
    this.#assertUp()
    return this.#objects.get(key)?.bytes.length
  }

  addressOf(key: string, seconds: number): string {
    return `https://storage.example.org/${key}?signed=${seconds}`
  }

  #assertUp(): void {
    if (this.isDown) throw new BroadcastError('storage-unavailable', 'the storage is away')
  }
}
