import type { FileFacts } from './plan-answer.ts'
import type { VideoFolder } from './video-folder.ts'

const REMEMBERED = 1000
/** Milliseconds. A player asks many times a second; whoever reads the file opens it anyway. */
const KNOWN_FOR = 1000

type Known = { readonly file: FileFacts; readonly until: number }

/** Facts of videos that somebody else will open and read; looked at once a second. */
export class KnownVideos {
  readonly #folder: VideoFolder
  readonly #known = new Map<string, Known>()

  constructor(folder: VideoFolder) {
    this.#folder = folder
  }

  /** By its path inside the folder. Undefined for whatever cannot be served. */
  async find(path: string): Promise<FileFacts | undefined> {
    const known = this.#known.get(path)
    if (known && performance.now() < known.until) return known.file
    this.#known.delete(path)
    using file = await this.#folder.open(path)
    if (!file) return undefined
    const { size, type, etag, modified } = file
    const facts = { size, type, etag, modified }
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(path, { file: facts, until: performance.now() + KNOWN_FOR })
    return facts
  }
}
