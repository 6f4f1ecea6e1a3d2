import { createHash, type Hash } from 'node:crypto'
import path from 'node:path'
import type { Initialization } from '../../core/packaging/rendition.ts'
import {
  type JournalHeader,
  type JournalLine,
  journalLine,
  type RecordedInitialization,
  type RecordedSegment,
  type RenditionJournal,
  type SegmentStart,
} from '../../core/recording/journal.ts'
import type { NewSegment, RenditionWriter } from '../../core/recording/recording-storage.ts'
import { AppendFile } from './append-file.ts'
import { journalName, mediaName } from './recording-paths.ts'

const rounded = (seconds: number) => Math.round(seconds * 1e6) / 1e6

type OpenSegment = { readonly start: SegmentStart; readonly hash: Hash; duration: number }

/**
 * One rendition on the disk: media files that only grow, and a journal that says what is where. A line that begins a
 * segment is written before its bytes, and the line that ends it after them, so that bytes and journal can always
 * be brought together again.
 */
export class RenditionFile implements RenditionWriter {
  readonly #folder: string
  readonly #header: JournalHeader
  readonly #journalFile: AppendFile
  readonly #initializations: RecordedInitialization[] = []
  readonly #segments: RecordedSegment[] = []
  /** Ends of segments that found no room yet. */
  #pending = ''
  #media: AppendFile | undefined
  #initialization: number | undefined
  #open: OpenSegment | undefined

  static async create(folder: string, header: JournalHeader): Promise<RenditionFile> {
    const { id, kind, codec } = header
    const journal = await AppendFile.create(path.join(folder, journalName(id)))
    const file = new RenditionFile(folder, { id, kind, codec }, journal)
    try {
      await file.#log({ rendition: file.#header })
    } catch (error) {
      await journal.close()
      throw error
    }
    return file
  }

  private constructor(folder: string, header: JournalHeader, journalFile: AppendFile) {
    this.#folder = folder
    this.#header = header
    this.#journalFile = journalFile
  }

  get journal(): RenditionJournal {
    const begun = this.#open?.start
    return { ...this.#header, initializations: this.#initializations, segments: this.#segments, begun }
  }

  async begin({ number, startedAt, period }: NewSegment, initialization: Initialization): Promise<void> {
    if (this.#initialization !== initialization.number || !this.#media) await this.#newFile(initialization)
    const file = this.#initializations.length - 1
    const start = { number, file, offset: this.#media?.size ?? 0, startedAt, period }
    await this.#log({ begin: start })
    this.#open = { start, hash: createHash('sha256'), duration: 0 }
  }

  async append(bytes: Buffer, duration: number): Promise<void> {
    if (!this.#open || !this.#media) throw new Error('no segment has begun')
    await this.#media.append(bytes)
    this.#open.hash.update(bytes)
    this.#open.duration += duration
  }

  async end(): Promise<RecordedSegment | undefined> {
    const open = this.#open
    this.#open = undefined
    const size = open && this.#media ? this.#media.size - open.start.offset : 0
    if (!open || size === 0) return undefined
    const sha256 = open.hash.digest('hex')
    return this.#keep({ ...open.start, size, duration: rounded(open.duration), sha256 })
  }

  async miss({ number, startedAt, period }: NewSegment, duration: number): Promise<void> {
    const file = this.#initializations.length - 1
    if (file < 0 || !this.#media) return
    const place = { file, offset: this.#media.size, size: 0, sha256: '', missing: true as const }
    await this.#keep({ number, startedAt, period, ...place, duration: rounded(duration) })
  }

  async close(): Promise<void> {
    try {
      await this.end()
      await this.#flush()
    } finally {
      await this.#media?.close()
      await this.#journalFile.close()
    }
  }

  async #newFile({ number, bytes, codecs, width, height }: Initialization): Promise<void> {
    await this.#media?.close()
    this.#media = undefined
    const file = this.#initializations.length
    const media = await AppendFile.create(path.join(this.#folder, mediaName(this.#header.id, file)))
    try {
      await media.append(bytes)
      const initialization = { file, codecs, width, height, size: bytes.length }
      await this.#log({ initialization })
      this.#initializations.push(initialization)
    } catch (error) {
      await media.close()
      throw error
    }
    this.#media = media
    this.#initialization = number
  }

  async #keep(segment: RecordedSegment): Promise<RecordedSegment> {
    this.#segments.push(segment)
    this.#pending += journalLine({ segment })
    await this.#flush()
    return segment
  }

  async #log(line: JournalLine): Promise<void> {
    await this.#flush()
    await this.#journalFile.append(Buffer.from(journalLine(line)))
  }

  async #flush(): Promise<void> {
    if (this.#pending === '') return
    const text = this.#pending
    await this.#journalFile.append(Buffer.from(text))
    this.#pending = ''
  }
}
