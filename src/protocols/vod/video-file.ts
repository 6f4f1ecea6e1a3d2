import fs from 'node:fs'
import { videoTypeOf } from '../../core/video-type.ts'
import { BroadcastError } from '../../core/errors.ts'
import type { FileFacts } from './plan-answer.ts'

/** Not waiting for a writer of a FIFO, not following a link in the last name; where the system can. */
const FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW
/** What opening fails with where there is no such video, or nothing that could be one. */
const ABSENT = new Set([
  'EACCES',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENODEV',
  'ENOENT',
  'ENOTDIR',
  'ENXIO',
  'EPERM',
])
const EXHAUSTED = new Set(['EMFILE', 'ENFILE'])

/** A regular file with the name of a video, open for reading until it is disposed. */
export class VideoFile implements FileFacts, Disposable {
  readonly fd: number
  readonly size: number
  readonly modified: number
  readonly etag: string
  readonly type: string
  #isOpen = true

  /** Undefined where there is none. The caller disposes it. */
  static async open(path: string): Promise<VideoFile | undefined> {
    const type = videoTypeOf(path)?.contentType
    const fd = type === undefined ? undefined : await openToRead(path)
    if (type === undefined || fd === undefined) return undefined
    // Of the descriptor, not of the name: it cannot be exchanged meanwhile. Right after open it is in memory.
    const stats = fs.fstatSync(fd)
    if (stats.isFile()) return new VideoFile(fd, type, stats)
    fs.close(fd, () => undefined)
    return undefined
  }

  private constructor(fd: number, type: string, { size, mtimeMs }: fs.Stats) {
    this.fd = fd
    this.type = type
    this.size = size
    this.modified = Math.floor(mtimeMs / 1000)
    this.etag = `"${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}"`
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    fs.close(this.fd, () => undefined)
  }
}

function openToRead(path: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  fs.open(path, FLAGS, (error, fd) => {
    if (!error) resolve(fd)
    else if (ABSENT.has(error.code ?? '')) resolve(undefined)
    else if (EXHAUSTED.has(error.code ?? ''))
      reject(new BroadcastError('overloaded', 'too many files are open', { cause: error }))
    else reject(error)
  })
  return promise
}
