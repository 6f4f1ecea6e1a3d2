import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FileStore } from '@tus/file-store'
import { Upload } from '@tus/server'
import { BroadcastError } from '../../core/errors.ts'
import { assertVideoContent, HEAD_BYTES } from './video-check.ts'

const ACCEPTED_KEPT = 500

/** Keeps uploads in files until they are whole. */
export class UploadStore extends FileStore {
  /** Those that are whole and have moved: whoever lost the last answer asks once more. */
  readonly #accepted = new Map<string, number>()

  /** The folder is there already. */
  constructor(folder: string) {
    super({ directory: folder })
    // Others would let somebody begin what can be neither measured nor finished.
    this.extensions = ['creation', 'creation-with-upload', 'termination']
  }

  fileOf(id: string): string {
    return path.join(this.directory, id)
  }

  /** Bytes that unfinished uploads have been promised and have not sent, and how many of them there are. */
  async promised(): Promise<{ bytes: number; uploads: number }> {
    const ids = (await this.configstore.list?.()) ?? []
    const sizes = await Promise.all(
      ids.map((id) =>
        this.getUpload(id).then(
          ({ size = 0, offset }) => size - offset,
          () => 0, // gone meanwhile
        ),
      ),
    )
    return { bytes: sizes.reduce((sum, size) => sum + size, 0), uploads: ids.length }
  }

  /** It is where it belongs; what told of the upload is not needed any more. */
  async accept({ id, size = 0 }: Upload): Promise<void> {
    this.#accepted.set(id, size)
    const [oldest] = this.#accepted.keys()
    if (this.#accepted.size > ACCEPTED_KEPT && oldest !== undefined) this.#accepted.delete(oldest)
    await this.discard(id)
  }

  /** With everything that belongs to it, as far as it is there. */
  async discard(id: string): Promise<void> {
    await rm(this.fileOf(id), { force: true })
    await rm(`${this.fileOf(id)}.json`, { force: true })
  }

  override async getUpload(id: string): Promise<Upload> {
    const size = this.#accepted.get(id)
    return size === undefined ? super.getUpload(id) : new Upload({ id, size, offset: size })
  }

  /** Resolves with the new offset. What is no video is refused with its first bytes. */
  override async write(incoming: Readable, id: string, offset: number): Promise<number> {
    const bytes = offset === 0 ? await this.#beginningLikeVideo(incoming, id) : incoming
    const file = createWriteStream(this.fileOf(id), { flags: 'r+', start: offset })
    try {
      await pipeline(bytes, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
        throw new BroadcastError('no-space', 'the disk of the server is full', { cause: error })
      throw error
    }
    return offset + file.bytesWritten
  }

  async #beginningLikeVideo(incoming: Readable, id: string): Promise<Readable> {
    const chunks: AsyncIterator<Buffer> = incoming[Symbol.asyncIterator]()
    const head: Buffer[] = []
    let length = 0
    while (length < HEAD_BYTES) {
      const next = await chunks.next()
      if (next.done === true) break
      head.push(next.value)
      length += next.value.length
    }
    // A beginning that was cut off tells nothing yet; the whole file is checked at the end anyway.
    if (length >= HEAD_BYTES) {
      const { metadata } = await this.getUpload(id)
      await assertVideoContent(Buffer.concat(head), metadata?.['filename'] ?? '')
    }
    async function* all() {
      yield* head
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
    }
    return Readable.from(all(), { objectMode: false })
  }
}
