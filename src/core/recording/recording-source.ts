import type { BroadcastRecord } from '../broadcast-store.ts'
import { BroadcastError } from '../errors.ts'
import { compareItems, type LibraryItem, matchesSearch } from '../library-item.ts'
import { ANYBODY, type LibraryReader, type LibrarySource, type SourceQuery } from '../library.ts'
import type { RenditionJournal } from './journal.ts'
import type { RecordingRecord } from './recording-store.ts'
import type { Recordings } from './recordings.ts'

export type RecordingSourceOptions = {
  recordings: Pick<Recordings, 'get' | 'list' | 'journals' | 'remove'>
  findBroadcast: (id: string) => Promise<{ readonly record: BroadcastRecord } | undefined>
  poster: (recordingId: string, renditions: readonly RenditionJournal[]) => Promise<Buffer | undefined>
}

/** Recordings that are looked through for one list. */
const MOST = 10_000
/** Codecs by the beginning of what the CODECS attribute calls them. */
const NAMES: Readonly<Record<string, string>> = {
  avc1: 'h264',
  avc3: 'h264',
  vp09: 'vp9',
  av01: 'av1',
  mp4a: 'aac',
}

/** Finished recordings as items of the library: of public broadcasts for everybody, of the others for their owner. */
export class RecordingSource implements LibrarySource {
  readonly kind = 'recording'
  readonly #options: RecordingSourceOptions

  constructor(options: RecordingSourceOptions) {
    this.#options = options
  }

  async list({ q, sort, limit, reader = ANYBODY }: SourceQuery): ReturnType<LibrarySource['list']> {
    const items = (await this.#listed(reader)).filter(({ title }) => matchesSearch(title, q))
    return { items: items.toSorted(compareItems(sort)).slice(0, limit), total: items.length }
  }

  async get(id: string, reader = ANYBODY): Promise<LibraryItem | undefined> {
    const found = await this.#find(id, reader)
    return found && itemOf(found.record, found.listed)
  }

  async poster(id: string, reader = ANYBODY): Promise<Buffer | undefined> {
    const { recordings, poster } = this.#options
    return (await this.#find(id, reader)) && poster(id, await recordings.journals(id))
  }

  async broadcastOf(id: string, reader = ANYBODY): Promise<string | undefined> {
    return (await this.#find(id, reader))?.record.broadcastId
  }

  async remove(id: string, reader = ANYBODY): Promise<boolean> {
    if (!(await this.#find(id, reader))) return false
    await this.#options.recordings.remove(id)
    return true
  }

  /** What is public, and what is the reader's own. */
  async #listed({ personId }: LibraryReader): Promise<LibraryItem[]> {
    const { recordings } = this.#options
    const wanted = { states: ['ready'], offset: 0, limit: MOST } as const
    const { records } = await recordings.list({ ...wanted, visibility: 'public' })
    if (personId === undefined) return records.map((record) => itemOf(record, true))
    const own = await recordings.list({ ...wanted, ownerId: personId })
    const known = new Set(records.map(({ id }) => id))
    return [
      ...records.map((record) => itemOf(record, true)),
      ...own.records.filter(({ id }) => !known.has(id)).map((record) => itemOf(record, false)),
    ]
  }

  /** Unlisted ones too: whoever has the id may see them. */
  async #find(
    id: string,
    { personId, administers }: LibraryReader,
  ): Promise<{ record: RecordingRecord; listed: boolean } | undefined> {
    try {
      const record = await this.#options.recordings.get(id)
      const broadcast = await this.#options.findBroadcast(record.broadcastId)
      if (!broadcast || record.state !== 'ready') return undefined
      const { visibility, ownerId } = broadcast.record
      const isOwn = ownerId !== null && ownerId === personId
      return visibility !== 'private' || isOwn || administers
        ? { record, listed: visibility === 'public' }
        : undefined
    } catch (error) {
      if (error instanceof BroadcastError && error.code === 'recording-not-found') return undefined
      throw error
    }
  }
}

function itemOf(record: RecordingRecord, listed: boolean): LibraryItem {
  const { id, broadcastId, title, duration, size, startedAt, codecs } = record
  return {
    listed,
    kind: 'recording',
    ...{ id, duration, size },
    title: title || broadcastId,
    createdAt: startedAt,
    width: null,
    height: null,
    codecs: [...new Set(codecs.map(nameOf))],
    posterVersion: '1',
    play: `/recordings/${id}/index.m3u8`,
    download: `/recordings/${id}/video.mp4`,
    contentType: 'application/vnd.apple.mpegurl',
  }
}

function nameOf(codec: string): string {
  const [type = ''] = codec.split('.')
  return NAMES[type] ?? type.toLowerCase()
}
