import { createHash } from 'node:crypto'
import { link, mkdir, open, realpath, unlink } from 'node:fs/promises'
import path from 'node:path'
import { BroadcastError } from '../../core/errors.ts'
import type { LibrarySource, SourceQuery } from '../../core/library.ts'
import type { LibraryItem } from '../../core/library-item.ts'
import type { MediaProbe } from '../../core/media-probe.ts'
import type { Clock, Logger } from '../../core/ports.ts'
import { numberedName, safeFileName } from '../../core/safe-file-name.ts'
import type { VideoRecord, VideoStore } from '../../core/video-store.ts'
import { videoTypeOf } from '../../core/video-type.ts'
import { type FoundFile, foundFile, scanFolder } from './folder-scan.ts'
import { FolderWatch } from './folder-watch.ts'
import { VideoExaminer } from './video-examiner.ts'

export type VideoFilesOptions = {
  /** The library root; made when it is not there. */
  root: string
  /** Folder of the pictures. */
  posters: string
  /** Whether the range door would serve a path; what it would not is not in the library. */
  isServed: (path: string) => boolean
  /** Where the range door serves it: a path of the server. */
  addressOf: (path: string) => string
  store: VideoStore
  probe: MediaProbe
  clock: Clock
  logger: Logger
}

/** A file that changed less than this ago may still be written to. */
const SETTLED_AFTER = 2000
const SCAN_SOON = 500
/** In case a change was not told: network file systems tell none. */
const SCAN_ANYWAY = 5 * 60_000
const MOST_WITH_ONE_NAME = 1000
const NOTHING_KNOWN = { duration: null, width: null, height: null, codecs: [], bitrate: null }

/** The video files below the library root, kept up to date with what is there. */
export class VideoFiles implements LibrarySource, AsyncDisposable {
  readonly kind = 'file'
  readonly #root: string
  readonly #isServed: (path: string) => boolean
  readonly #addressOf: (path: string) => string
  readonly #store: VideoStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #examiner: VideoExaminer
  readonly #watch: FolderWatch
  #scanning: Promise<void> = Promise.resolve()
  #cancelScan = () => {}
  #scanAt = Infinity
  #isClosed = false

  /** Resolves before all files are known: what the last run knew is there at once, the rest follows. */
  static async open(options: VideoFilesOptions): Promise<VideoFiles> {
    await mkdir(options.root, { recursive: true })
    const files = new VideoFiles({ ...options, root: await realpath(options.root) })
    files.#scanWithin(0)
    return files
  }

  private constructor(options: VideoFilesOptions) {
    const { root, posters, isServed, addressOf, store, probe, clock, logger } = options
    this.#root = root
    this.#isServed = isServed
    this.#addressOf = addressOf
    this.#store = store
    this.#clock = clock
    this.#logger = logger
    this.#examiner = new VideoExaminer({ root, posters, store, probe, logger })
    this.#watch = new FolderWatch({
      onChange: () => this.#scanWithin(SCAN_SOON),
      onTooMany: () =>
        logger.warn({ root }, 'not every folder of the library can be watched: changes show after minutes'),
    })
  }

  get pending(): number {
    return this.#examiner.pending
  }

  async list(query: SourceQuery): ReturnType<LibrarySource['list']> {
    const { records, total } = await this.#store.list(query)
    return { items: records.map((record) => this.#itemOf(record)), total }
  }

  async get(id: string): Promise<LibraryItem | undefined> {
    const record = await this.#store.find(id)
    return record && this.#itemOf(record)
  }

  async poster(id: string): Promise<Buffer | undefined> {
    const record = await this.#store.find(id)
    return record && this.#examiner.poster(record)
  }

  async remove(id: string): Promise<boolean> {
    const record = await this.#store.find(id)
    if (!record) return false
    await unlink(path.join(this.#root, record.path)).catch(unlessGone)
    await this.#forget(id)
    this.#logger.info({ path: record.path }, 'video removed')
    return true
  }

  /** Moves a whole file in, under a name that is not taken yet. Resolves with its id. */
  async adopt(file: string, wanted: string): Promise<string> {
    const safe = safeFileName(wanted)
    await flushed(file)
    for (let number = 1; number <= MOST_WITH_ONE_NAME; number++) {
      const name = numberedName(safe, number)
      // A link is refused where a name is taken, a rename would replace.
      const isFree = await link(file, path.join(this.#root, name)).then(
        () => true,
        (error: unknown) => {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
          throw error
        },
      )
      if (!isFree) continue
      await unlink(file)
      const found = await foundFile(this.#root, name)
      if (found) await this.#learn(found)
      this.#logger.info({ path: name, size: found?.size ?? 0 }, 'video added')
      return idOf(name)
    }
    throw new BroadcastError('bad-request', `there are too many files called ${safe}`)
  }

  /** Compares what is known with what is there, now. */
  scan(): Promise<void> {
    this.#scanning = this.#scanning
      .then(() => this.#compare())
      .catch((error: unknown) => this.#logger.error({ error }, 'library not scanned'))
    return this.#scanning
  }

  /** Settles when every file that was found has been looked into. */
  get idle(): Promise<void> {
    return this.#examiner.idle
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#cancelScan()
    this.#watch[Symbol.dispose]()
    await this.#scanning
    await this.#examiner[Symbol.asyncDispose]()
  }

  /** The earlier of this and what is planned already. */
  #scanWithin(milliseconds: number): void {
    const at = this.#clock.monotonic() + milliseconds
    if (this.#isClosed || at >= this.#scanAt) return
    this.#cancelScan()
    this.#scanAt = at
    this.#cancelScan = this.#clock.after(milliseconds, () => {
      this.#scanAt = Infinity
      void this.scan().then(() => this.#scanWithin(SCAN_ANYWAY))
    })
  }

  async #compare(): Promise<void> {
    if (this.#hasClosed()) return
    const known = new Map((await this.#store.all()).map((record) => [record.path, record]))
    const folders = new Set<string>()
    const found = await scanFolder(this.#root, (folder) => {
      folders.add(folder)
      this.#watch.add(folder)
    })
    this.#watch.keepOnly(this.#hasClosed() ? new Set() : folders)
    for (const file of found) {
      if (!this.#isServed(file.path)) continue
      const record = known.get(file.path)
      known.delete(file.path)
      if (record && isSame(record, file)) {
        if (!record.examined) await this.#examine(record.id)
      } else if (this.#clock.now() - file.modifiedAt < SETTLED_AFTER) this.#scanWithin(SETTLED_AFTER)
      else if (!(await this.#knows(file))) await this.#learn(file)
    }
    for (const { id, path: place } of known.values())
      if (!this.#isServed(place) || !(await foundFile(this.#root, place))) await this.#forget(id)
  }

  /** Unless that was done since the comparison began. */
  async #examine(id: string): Promise<void> {
    const record = await this.#store.find(id)
    if (record && !record.examined) this.#examiner.examine(record)
  }

  /** By now: an upload may have come in since the comparison began. */
  async #knows(file: FoundFile): Promise<boolean> {
    const record = await this.#store.find(idOf(file.path))
    return record !== undefined && isSame(record, file)
  }

  #hasClosed(): boolean {
    return this.#isClosed
  }

  async #learn(file: FoundFile): Promise<void> {
    const title = path.posix.parse(file.path).name
    const unknown = { facts: NOTHING_KNOWN, posterVersion: null, examined: false }
    const record = { ...file, id: idOf(file.path), title, ...unknown }
    await this.#store.put(record)
    this.#examiner.examine(record)
  }

  #itemOf(record: VideoRecord): LibraryItem {
    const { id, path: place, title, size, createdAt, facts, posterVersion } = record
    const { duration, width, height, codecs } = facts
    const address = this.#addressOf(place)
    return {
      ...{ kind: 'file', id, title, duration, size, createdAt, width, height, codecs, posterVersion },
      listed: true,
      play: address,
      download: address,
      contentType: videoTypeOf(place)?.contentType ?? 'application/octet-stream',
    }
  }

  async #forget(id: string): Promise<void> {
    await this.#store.remove(id)
    await this.#examiner.forget(id)
  }
}

/** The same for the same path, for ever, and no path itself. */
function idOf(place: string): string {
  return createHash('sha256').update(place).digest('base64url').slice(0, 22)
}

function isSame(record: VideoRecord, file: FoundFile): boolean {
  return record.size === file.size && record.modifiedAt === file.modifiedAt
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** Whole, even if the power fails right afterwards. */
async function flushed(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
