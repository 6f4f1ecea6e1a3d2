import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { MediaProbe } from '../../core/media-probe.ts'
import type { Logger } from '../../core/ports.ts'
import type { VideoRecord, VideoStore } from '../../core/video-store.ts'

export type VideoExaminerOptions = {
  /** The library root. */
  root: string
  /** Folder of the pictures. */
  posters: string
  store: VideoStore
  probe: MediaProbe
  logger: Logger
}

/** The beginning is often black. */
const POSTER_AT = 0.1
const POSTER_AT_MOST = 30

/** Looks into new files, one after the other, in the background. */
export class VideoExaminer implements AsyncDisposable {
  readonly #root: string
  readonly #posters: string
  readonly #store: VideoStore
  readonly #probe: MediaProbe
  readonly #logger: Logger
  readonly #waiting = new Map<string, VideoRecord>()
  readonly #stop = new AbortController()
  #working: Promise<void> | undefined

  constructor({ root, posters, store, probe, logger }: VideoExaminerOptions) {
    this.#root = root
    this.#posters = posters
    this.#store = store
    this.#probe = probe
    this.#logger = logger
  }

  /** Files that are not done yet. */
  get pending(): number {
    return this.#waiting.size
  }

  /** Settles when all that waits is done. */
  get idle(): Promise<void> {
    return this.#working ?? Promise.resolve()
  }

  /** The newest knowledge of a file replaces what waits of it. */
  examine(record: VideoRecord): void {
    const before = this.#waiting.get(record.id)
    const isKnown = before?.modifiedAt === record.modifiedAt && before.size === record.size
    if (this.#stop.signal.aborted || isKnown) return
    this.#waiting.set(record.id, record)
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  async poster({ id, posterVersion }: VideoRecord): Promise<Buffer | undefined> {
    if (posterVersion === null) return undefined
    return readFile(this.#fileOf(id)).catch(() => undefined)
  }

  async forget(id: string): Promise<void> {
    this.#waiting.delete(id)
    await rm(this.#fileOf(id), { force: true })
  }

  /** What is begun is given up; the next start continues. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#waiting.clear()
    await this.idle
  }

  async #work(): Promise<void> {
    if (!(await this.#probe.available())) this.#waiting.clear()
    for (;;) {
      const [next] = this.#waiting.values()
      if (!next) return
      await this.#look(next).catch((error: unknown) =>
        this.#logger.error({ error, path: next.path }, 'video not looked into'),
      )
      if (this.#waiting.get(next.id) === next) this.#waiting.delete(next.id)
    }
  }

  async #look(record: VideoRecord): Promise<void> {
    const file = path.join(this.#root, record.path)
    const { signal } = this.#stop
    const facts = await this.#probe.probe(file, { signal }).catch((error: unknown) => {
      if (!signal.aborted) this.#logger.warn({ error, path: record.path }, 'video cannot be read')
      return undefined
    })
    if (this.#hasStopped()) return
    const hasPoster = facts !== undefined && (await this.#makePoster(record, facts.duration ?? 0))
    if (this.#hasStopped() || this.#waiting.get(record.id) !== record) return // removed or changed meanwhile
    await this.#store.put({
      ...record,
      ...(facts && { facts }),
      posterVersion: hasPoster ? record.modifiedAt.toString(36) : null,
      examined: true,
    })
  }

  async #makePoster({ id, path: place }: VideoRecord, duration: number): Promise<boolean> {
    const file = path.join(this.#root, place)
    const { signal } = this.#stop
    try {
      const jpeg = await this.#probe
        .poster(file, Math.min(POSTER_AT_MOST, duration * POSTER_AT), { signal })
        .catch(() => this.#probe.poster(file, 0, { signal }))
      await mkdir(this.#posters, { recursive: true })
      await writeFile(`${this.#fileOf(id)}.new`, jpeg)
      await rename(`${this.#fileOf(id)}.new`, this.#fileOf(id))
      return true
    } catch (error) {
      if (!signal.aborted) this.#logger.warn({ error, path: place }, 'no poster of this video')
      return false
    }
  }

  #hasStopped(): boolean {
    return this.#stop.signal.aborted
  }

  #fileOf(id: string): string {
    return path.join(this.#posters, `${id}.jpg`)
  }
}
