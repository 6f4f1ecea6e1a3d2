import fs from 'node:fs'
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { VideoFile } from './video-file.ts'
import { isVideoPath } from './video-path.ts'

/** The folder that videos are served from; nothing outside it can be reached. */
export class VideoFolder {
  readonly #folder: string
  #real: string | undefined

  constructor(folder: string) {
    this.#folder = path.resolve(folder)
  }

  /** By its path inside the folder. Undefined for whatever cannot be served; why is not told. */
  async open(relative: string): Promise<VideoFile | undefined> {
    if (!isVideoPath(relative)) return undefined
    using opening = new DisposableStack()
    const file = opening.use(await VideoFile.open(path.join(this.#folder, relative)))
    if (!file || !(await this.#holds(file, relative))) return undefined
    opening.move() // the caller owns it now
    return file
  }

  /** By where the open file really lies: links on the way may have led elsewhere. */
  async #holds(file: VideoFile, relative: string): Promise<boolean> {
    const place = await placeOf(file, path.join(this.#folder, relative))
    if (place === undefined) return false
    if (this.#real !== undefined && isInside(this.#real, place)) return true
    this.#real = await realpath(this.#folder) // it may be a link that leads elsewhere by now
    return isInside(this.#real, place)
  }
}

function isInside(folder: string, place: string): boolean {
  return place.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)
}

/** Linux says which file a descriptor is; elsewhere, the name must still lead to the same file. */
async function placeOf(file: VideoFile, name: string): Promise<string | undefined> {
  if (process.platform === 'linux') return fs.readlinkSync(`/proc/self/fd/${file.fd}`)
  const place = await realpath(name).catch(() => undefined)
  if (place === undefined) return undefined
  const [named, opened] = [fs.statSync(place), fs.fstatSync(file.fd)]
  return named.ino === opened.ino && named.dev === opened.dev ? place : undefined
}
