import { type FileHandle, open } from 'node:fs/promises'
import { diskError } from './disk-errors.ts'

/** A file that grows by whole pieces: a write that fails leaves it as it was. */
export class AppendFile {
  readonly #handle: FileHandle
  #size = 0

  /** An empty one, whatever was there. */
  static async create(file: string): Promise<AppendFile> {
    try {
      return new AppendFile(await open(file, 'w', 0o600))
    } catch (error) {
      throw diskError(error)
    }
  }

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  get size(): number {
    return this.#size
  }

  async append(bytes: Buffer): Promise<void> {
    try {
      let written = 0
      while (written < bytes.length) {
        const { bytesWritten } = await this.#handle.write(
          bytes,
          written,
          bytes.length - written,
          this.#size + written,
        )
        written += bytesWritten
      }
      this.#size += written
    } catch (error) {
      await this.#handle.truncate(this.#size)
      throw diskError(error)
    }
  }

  /** Waits until the disk has it, then lets go of it. */
  async close(): Promise<void> {
    try {
      await this.#handle.datasync()
    } finally {
      await this.#handle.close()
    }
  }
}
