import type { Broadcast } from '../broadcast.ts'
import type { Broadcasts } from '../broadcasts.ts'
import type { Clock, Logger } from '../ports.ts'
import { reasonOf } from '../reason-of.ts'
import type { Secrets } from '../secrets.ts'
import type { ObjectStorage } from './object-storage.ts'
import { storagePathOf } from './storage-path.ts'
import type { StoredStream, StoredStreamStore } from './stored-stream-store.ts'
import type { NewStream, Stream, StreamStore } from './stream-store.ts'
import { MAX_PLAYLIST, type ShownPlaylist, type StreamEnd, StreamWatch } from './stream-watch.ts'
import { durationOf, readUploadedPlaylist, writePlaylist } from './uploaded-playlist.ts'

export type StoredStreamsOptions = {
  store: StoredStreamStore
  broadcasts: Pick<Broadcasts, 'create' | 'find' | 'remove' | 'on'>
  storage: ObjectStorage
  secrets: Pick<Secrets, 'newId'>
  clock: Clock
  logger: Logger
  /** Ends the credentials for a path, where somebody else than its client stopped the stream. */
  revoke?: (path: string, until: number) => Promise<void>
  /** What addresses of public streams begin with, where the bucket is public; else they are signed. */
  publicUrl?: string | undefined
}

/** A stream in storage as one player is to see it. */
export type StoredPlaylist = {
  /** Bits per second. */
  readonly bandwidth: number
  /** Nothing will follow. */
  readonly ended: boolean
  /** Seconds. */
  readonly targetDuration: number
  /** The playlist; where it is private every address in it is signed, whatever the bucket is. */
  write(options: { isPrivate: boolean }): string
}

const REPLAY = 'vod.m3u8'
const LIVE = 'index.m3u8'
/** Seconds that a player may pause. */
const PAUSE = 3600
/** Milliseconds for which what was found of a stream that is over is believed, and how many of those. */
const BELIEVED = 30_000
const MAX_BELIEVED = 200

type Believed = { readonly until: number; readonly found: Promise<ShownPlaylist | undefined> }

/** The streams that clients upload to storage: each is a broadcast of this server. */
export class StoredStreams implements StreamStore {
  readonly #options: StoredStreamsOptions
  readonly #watches = new Map<string, StreamWatch>()
  readonly #believed = new Map<string, Believed>()
  readonly #stopListening: () => void

  /** Goes on with those that ran when the server stopped. */
  static async open(options: StoredStreamsOptions): Promise<StoredStreams> {
    const streams = new StoredStreams(options)
    for (const stream of await options.store.running()) {
      const broadcast = await options.broadcasts.find(stream.id)
      if (broadcast) streams.#watch(stream, broadcast, true)
      else await options.store.remove(stream.id)
    }
    return streams
  }

  private constructor(options: StoredStreamsOptions) {
    this.#options = options
    this.#stopListening = options.broadcasts.on('removed', ({ broadcast }) => void this.#forget(broadcast.id))
  }

  async create({ visibility, ...wanted }: NewStream): Promise<Stream> {
    const { broadcasts, store, clock } = this.#options
    const { broadcast } = await broadcasts.create({
      title: wanted.name,
      ownerId: wanted.ownerId ?? undefined,
      record: false,
      ...(visibility !== undefined && { visibility }),
    })
    const stream: StoredStream = {
      ...wanted,
      id: broadcast.id,
      stopDate: null,
      path: storagePathOf({ ownerId: wanted.ownerId, id: broadcast.id }),
      endDate: null,
      provisionedUntil: clock.now(),
    }
    await store.insert(stream)
    return stream
  }

  find(id: string): Promise<Stream | undefined> {
    return this.#options.store.find(id)
  }

  /** One whose playlist has ended was over then. */
  async stop(id: string, stopDate: number): Promise<Stream> {
    const { store, broadcasts } = this.#options
    const stream = await store.find(id)
    if (!stream) throw new Error(`stream ${id} is gone`)
    const stopped = { ...stream, stopDate: stream.stopDate ?? stream.endDate ?? stopDate }
    await store.update(id, { stopDate: stopped.stopDate })
    this.#watches.get(id)?.close()
    this.#watches.delete(id)
    this.#believed.delete(id)
    const broadcast = await broadcasts.find(id)
    const isOurs = !broadcast?.publisher || broadcast.publisher.door === 's3'
    if (isOurs) await broadcast?.stop('ended')
    return stopped
  }

  async discard(id: string): Promise<void> {
    const broadcast = await this.#options.broadcasts.find(id)
    if (broadcast) await this.#options.broadcasts.remove(broadcast)
    await this.#forget(id)
  }

  async provisioned(id: string, until: number): Promise<void> {
    const { store, broadcasts } = this.#options
    await store.update(id, { provisionedUntil: until })
    const watch = this.#watches.get(id)
    if (watch) {
      watch.extend(until)
      return
    }
    const [stream, broadcast] = await Promise.all([store.find(id), broadcasts.find(id)])
    if (stream?.endDate === null && broadcast) this.#watch(stream, broadcast, false)
  }

  /** What is to be shown of a broadcast; undefined where that comes from elsewhere, or there is nothing yet. */
  async playlistOf({ id, publisher }: Broadcast): Promise<StoredPlaylist | undefined> {
    if (publisher && publisher.door !== 's3') return undefined
    const shown = this.#watches.get(id)?.shown ?? (await this.#replay(id))
    return shown && this.#shownAs(shown)
  }

  close(): void {
    this.#stopListening()
    for (const watch of this.#watches.values()) watch.close()
    this.#watches.clear()
  }

  #shownAs({ path, playlist, bandwidth }: ShownPlaylist): StoredPlaylist {
    const { storage, publicUrl } = this.#options
    const seconds = Math.ceil(durationOf(playlist)) + PAUSE
    return {
      bandwidth,
      ended: playlist.ended,
      targetDuration: playlist.targetDuration,
      write: ({ isPrivate }) =>
        writePlaylist(playlist, (name) =>
          publicUrl !== undefined && !isPrivate
            ? `${publicUrl}/${path}/${name}`
            : storage.addressOf(`${path}/${name}`, seconds),
        ),
    }
  }

  /** All of a stream that is over. */
  #replay(id: string): Promise<ShownPlaylist | undefined> {
    const { clock } = this.#options
    const known = this.#believed.get(id)
    if (known && known.until > clock.monotonic()) return known.found
    const found = this.#findReplay(id)
    this.#believed.delete(id)
    this.#believed.set(id, { until: clock.monotonic() + BELIEVED, found })
    found.catch(() => this.#believed.delete(id))
    const [oldest] = this.#believed.keys()
    if (this.#believed.size > MAX_BELIEVED && oldest !== undefined) this.#believed.delete(oldest)
    return found
  }

  async #findReplay(id: string): Promise<ShownPlaylist | undefined> {
    const { store, storage } = this.#options
    const stream = await store.find(id)
    if (!stream || (stream.stopDate === null && stream.endDate === null)) return undefined
    for (const name of [REPLAY, LIVE]) {
      const file = await storage.read(`${stream.path}/${name}`, { limit: MAX_PLAYLIST })
      if (file === undefined || file === 'unchanged') continue
      const playlist = readUploadedPlaylist(new TextDecoder().decode(file.bytes))
      const [first] = playlist.segments
      const size = first && (await storage.sizeOf(`${stream.path}/${first.name}`))
      if (first && size !== undefined) {
        const bandwidth = Math.ceil((size * 8) / Math.max(first.duration, 0.1))
        return { path: stream.path, playlist: { ...playlist, ended: true }, bandwidth }
      }
    }
    return undefined
  }

  #watch({ id, path, provisionedUntil }: StoredStream, broadcast: Broadcast, resumed: boolean): void {
    const { storage, secrets, clock, logger } = this.#options
    const watch = new StreamWatch({
      ...{ path, broadcast, storage, clock, logger, resumed },
      newId: () => secrets.newId(),
      until: provisionedUntil,
      onOver: (end) => {
        void this.#over(id, end)
        if (end === 'stopped') void this.#revoke(path, watch.until)
      },
    })
    this.#watches.set(id, watch)
    watch.begin()
  }

  async #over(id: string, end: StreamEnd): Promise<void> {
    const { store, clock, logger } = this.#options
    this.#watches.delete(id)
    this.#believed.delete(id)
    const now = clock.now()
    try {
      await store.update(id, end === 'ended' ? { endDate: now } : { stopDate: now })
    } catch (error) {
      logger.error({ error, broadcast: id }, 'not saved') // it is looked at again after a restart
    }
  }

  async #revoke(path: string, until: number): Promise<void> {
    const { revoke, logger } = this.#options
    try {
      await revoke?.(path, until)
    } catch (error) {
      logger.warn({ path, reason: reasonOf(error) }, 'credentials hold until they expire')
    }
  }

  async #forget(id: string): Promise<void> {
    this.#watches.get(id)?.close()
    this.#watches.delete(id)
    this.#believed.delete(id)
    try {
      await this.#options.store.remove(id)
    } catch (error) {
      this.#options.logger.error({ error, broadcast: id }, 'not removed')
    }
  }
}
