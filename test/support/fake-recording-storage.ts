import type { Initialization } from '../../src/core/packaging/rendition.ts'
import { BroadcastError } from '../../src/core/errors.ts'
import type {
  JournalHeader,
  RecordedInitialization,
  RecordedSegment,
  RenditionJournal,
} from '../../src/core/recording/journal.ts'
import type {
  NewSegment,
  RecordingManifest,
  RecordingStorage,
  RenditionWriter,
  StoredRecording,
} from '../../src/core/recording/recording-storage.ts'

/** A disk in memory that can be slow, full or broken. Keeps bytes only as counts. */
export class FakeRecordingStorage implements RecordingStorage {
  readonly manifests = new Map<string, RecordingManifest>()
  readonly writers = new Map<string, FakeRenditionWriter[]>()
  readonly removed: string[] = []
  /** Bytes that can still be written. */
  left = Infinity
  /** While set, every write waits for it. */
  gate: Promise<unknown> | undefined
  /** While set, every write fails with it. */
  failure: Error | undefined
  /** Of `usage`, by id. */
  readonly usages = new Map<string, number>()

  async save(manifest: RecordingManifest): Promise<void> {
    await this.spend(0)
    this.manifests.set(manifest.id, manifest)
  }

  async write(id: string, rendition: JournalHeader): Promise<RenditionWriter> {
    const writer = new FakeRenditionWriter(this, rendition)
    await this.spend(0)
    this.writers.set(id, [...(this.writers.get(id) ?? []), writer])
    return writer
  }

  async manifest(id: string): Promise<RecordingManifest | undefined> {
    return this.manifests.get(id)
  }

  async read(id: string): Promise<StoredRecording | undefined> {
    const manifest = this.manifests.get(id)
    return manifest && { manifest, renditions: this.journals(id) }
  }

  async recover(id: string): Promise<StoredRecording | undefined> {
    for (const writer of this.writers.get(id) ?? []) await writer.end()
    return this.read(id)
  }

  async ids(): Promise<readonly string[]> {
    return [...this.manifests.keys()]
  }

  async remove(id: string): Promise<void> {
    this.removed.push(id)
    this.manifests.delete(id)
    this.writers.delete(id)
  }

  async usage(id: string): Promise<number> {
    return this.usages.get(id) ?? 0
  }

  async free(): Promise<number> {
    return this.left
  }

  journals(id: string): readonly RenditionJournal[] {
    return (this.writers.get(id) ?? []).map(({ journal }) => journal)
  }

  /** Takes room for so many bytes, or fails as a disk does. */
  async spend(bytes: number): Promise<void> {
    await this.gate
    if (this.failure) throw this.failure
    if (bytes > this.left) throw new BroadcastError('no-space', 'the disk is full')
    this.left -= bytes
  }
}

class FakeRenditionWriter implements RenditionWriter {
  readonly #storage: FakeRecordingStorage
  readonly #header: JournalHeader
  readonly #initializations: RecordedInitialization[] = []
  readonly #segments: RecordedSegment[] = []
  #begun: RecordedSegment | undefined
  #size = 0
  #number: number | undefined

  constructor(storage: FakeRecordingStorage, { id, kind, codec }: JournalHeader) {
    this.#storage = storage
    this.#header = { id, kind, codec }
  }

  get journal(): RenditionJournal {
    return {
      ...this.#header,
      initializations: this.#initializations,
      segments: this.#segments,
      begun: this.#begun,
    }
  }

  async begin(start: NewSegment, { number, codecs, width, height, bytes }: Initialization): Promise<void> {
    if (this.#number !== number) {
      await this.#storage.spend(bytes.length)
      const file = this.#initializations.length
      this.#initializations.push({ file, codecs, width, height, size: bytes.length })
      this.#size = bytes.length
      this.#number = number
    }
    await this.#storage.spend(0)
    const file = this.#initializations.length - 1
    this.#begun = { ...start, file, offset: this.#size, size: 0, duration: 0, sha256: '' }
  }

  async append(bytes: Buffer, duration: number): Promise<void> {
    await this.#storage.spend(bytes.length)
    if (!this.#begun) throw new Error('no segment has begun')
    this.#size += bytes.length
    const { size, duration: before } = this.#begun
    this.#begun = { ...this.#begun, size: size + bytes.length, duration: before + duration }
  }

  async end(): Promise<RecordedSegment | undefined> {
    const segment = this.#begun
    this.#begun = undefined
    if (!segment || segment.size === 0) return undefined
    this.#segments.push(segment)
    return segment
  }

  async miss(start: NewSegment, duration: number): Promise<void> {
    const file = this.#initializations.length - 1
    this.#segments.push({ ...start, file, offset: this.#size, size: 0, duration, sha256: '', missing: true })
  }

  async close(): Promise<void> {
    await this.end()
  }
}
