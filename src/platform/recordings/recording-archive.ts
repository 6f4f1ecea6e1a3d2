import { open } from 'node:fs/promises'
import path from 'node:path'
import type { RecordedSegment, RenditionJournal } from '../../core/recording/journal.ts'
import { mediaName } from './recording-paths.ts'

/** Reads whole segments back out of a recording, also while it is being written. */
export class RecordingArchive {
  readonly #journals: { readonly journals: readonly RenditionJournal[] }
  readonly #folder: string

  constructor(recording: { readonly journals: readonly RenditionJournal[] }, folder: string) {
    this.#journals = recording
    this.#folder = folder
  }

  has(renditionId: string, number: number): boolean {
    return this.#find(renditionId, number) !== undefined
  }

  /** Undefined when it was not recorded, or its recording has been removed. */
  async read(renditionId: string, number: number): Promise<Buffer | undefined> {
    const segment = this.#find(renditionId, number)
    if (!segment) return undefined
    try {
      await using file = await open(path.join(this.#folder, mediaName(renditionId, segment.file)))
      const bytes = Buffer.allocUnsafeSlow(segment.size)
      const { bytesRead } = await file.read(bytes, 0, segment.size, segment.offset)
      return bytesRead === segment.size ? bytes : undefined
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Asked for are mostly the latest. */
  #find(renditionId: string, number: number): RecordedSegment | undefined {
    const journal = this.#journals.journals.find(({ id }) => id === renditionId)
    return journal?.segments.findLast((segment) => segment.number === number && !segment.missing)
  }
}
