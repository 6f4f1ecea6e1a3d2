import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { MediaProbe } from '../../core/media-probe.ts'
import type { Logger } from '../../core/ports.ts'
import type { RenditionJournal } from '../../core/recording/journal.ts'
import { unlessMissing } from './disk-errors.ts'
import { mediaName, POSTER } from './recording-paths.ts'
import { writeWhole } from './write-whole.ts'

export type PosterMakerOptions = {
  folder: (id: string) => string
  probe: MediaProbe
  logger: Logger
}

/** Takes the first picture of a recording when it is asked for first, and keeps it. */
export class PosterMaker {
  readonly #options: PosterMakerOptions
  readonly #making = new Map<string, Promise<Buffer | undefined>>()

  constructor(options: PosterMakerOptions) {
    this.#options = options
  }

  /** A JPEG; undefined without pictures, or without the program that takes them. */
  posterOf(id: string, renditions: readonly RenditionJournal[]): Promise<Buffer | undefined> {
    let making = this.#making.get(id)
    if (!making) {
      making = this.#find(id, renditions).finally(() => this.#making.delete(id))
      this.#making.set(id, making)
    }
    return making
  }

  async #find(id: string, renditions: readonly RenditionJournal[]): Promise<Buffer | undefined> {
    const { folder, probe, logger } = this.#options
    const kept = path.join(folder(id), POSTER)
    const found = await unlessMissing(readFile(kept))
    if (found) return found
    const video = renditions.find(({ kind, segments }) => kind === 'video' && segments.length > 0)
    const file = video?.segments[0]?.file
    if (!video || file === undefined || !(await probe.available())) return undefined
    try {
      const jpeg = await probe.poster(path.join(folder(id), mediaName(video.id, file)), 0)
      await writeWhole(kept, jpeg)
      return jpeg
    } catch (error) {
      logger.warn({ error, recording: id }, 'no poster')
      return undefined
    }
  }
}
