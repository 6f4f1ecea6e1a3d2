import { jpegSizeOf } from '../../media/jpeg.ts'
import type { Broadcast } from '../broadcast.ts'
import type { Clock } from '../ports.ts'
import type { ObjectStorage } from './object-storage.ts'

export type StreamPictureOptions = {
  path: string
  broadcast: Pick<Broadcast, 'setThumbnail'>
  storage: Pick<ObjectStorage, 'read'>
  clock: Pick<Clock, 'monotonic'>
}

const PICTURE = 'thumb.jpg'
const MAX_PICTURE = 512 * 1024
const LOOK_EVERY = 10_000

/** The newest picture that a client uploaded beside its stream. */
export class StreamPicture {
  readonly #options: StreamPictureOptions
  #etag: string | undefined
  #lookedAt = -Infinity

  constructor(options: StreamPictureOptions) {
    this.#options = options
  }

  /** Every ten seconds at most. A picture that cannot be had is no loss. Never rejects. */
  async look(): Promise<void> {
    const { path, broadcast, storage, clock } = this.#options
    const now = clock.monotonic()
    if (now - this.#lookedAt < LOOK_EVERY) return
    this.#lookedAt = now
    try {
      const found = await storage.read(`${path}/${PICTURE}`, { limit: MAX_PICTURE, unless: this.#etag })
      if (found === undefined || found === 'unchanged') return
      this.#etag = found.etag
      if (jpegSizeOf(found.bytes)) broadcast.setThumbnail(found.bytes)
    } catch {
      // Too large, or the storage is away: the watch of the playlist tells.
    }
  }
}
