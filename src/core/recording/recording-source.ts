import type { BroadcastRecord } from '../broadcast-store.ts'
import { BroadcastError } from '../errors.ts'
import { compareItems, type LibraryItem, matchesSearch } from '../library-item.ts'
import type { LibrarySource, SourceQuery } from '../library.ts'
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

/** Finished recordings of public broadcasts as items of the library. */
export class RecordingSource implements LibrarySource {
  readonly kind = 'recording'
  readonly #options: RecordingSourceOptions

  constructor(options: RecordingSourceOptions) {
    this.#options = options
  }

  async list({ q, sort, limit }: SourceQuery): Promise<{ items: readonly LibraryItem[]; total: number }> {
    const { records } = await this.#options.recordings.list({
      visibility: 'public',
      states: ['ready'],
      offset: 0,
      limit: MOST,
    })
    const items = records.map(itemOf).filter(({ title }) => matchesSearch(title, q))
    return { items: items.toSorted(compareItems(sort)).slice(0, limit), total: items.length }
  }

  async get(id: string): Promise<LibraryItem | undefined> {
    const record = await this.#find(id)
    return record && itemOf(record)
  }

  async poster(id: string): Promise<Buffer | undefined> {
    const { recordings, poster } = this.#options
    return (await this.#find(id)) && poster(id, await recordings.journals(id))
  }

  async broadcastOf(id: string): Promise<string | undefined> {
    return (await this.#find(id))?.broadcastId
  }

  async remove(id: string): Promise<boolean> {
    if (!(await this.#find(id))) return false
    await this.#options.recordings.remove(id)
    return true
  }

  /** Unlisted ones too: whoever has the id may see them. */
  async #find(id: string): Promise<RecordingRecord | undefined> {
    try {
      const record = await this.#options.recordings.get(id)
      const broadcast = await this.#options.findBroadcast(record.broadcastId)
      const isOpen = broadcast && broadcast.record.visibility !== 'private'
      return isOpen && record.state === 'ready' ? record : undefined
    } catch (error) {
      if (error instanceof BroadcastError && error.code === 'recording-not-found') return undefined
      throw error
    }
  }
}

function itemOf({ id, broadcastId, title, duration, size, startedAt, codecs }: RecordingRecord): LibraryItem {
  return {
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
